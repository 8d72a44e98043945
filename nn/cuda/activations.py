"""Element-wise functions as one CUDA kernel each."""

from .elementwise import elementwise

relu = elementwise("T x", "T y, bool positive", "positive = x > 0; y = x > 0 || isnan(x) ? x : T(0)", "relu")
relu_gradient = elementwise("T dy, bool positive", "T dx", "dx = positive ? dy : T(0)", "relu_gradient")
leaky_relu = elementwise("T a, bool positive, T slope", "T y", "y = positive ? a : slope * a", "leaky_relu")
tanh_gradient = elementwise("U dy, T y", "T dx", "dx = dy * (1 - y * y)", "tanh_gradient")
