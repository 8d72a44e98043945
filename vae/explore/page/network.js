"use strict";
/* The layers, each with its forward beside its backward, written by hand as in the Python package `nn`.

   One example at a time; every array is a flat Float32Array, images in the order (row, column, channel).
   backward takes dy = dL/dy for the last forward's output and returns dx = dL/dx: the chain rule is a loop from the
   last layer to the first.  The weights stay what they are, so only inputs get a gradient. */

/** y = x W + b;  dx = dy W^T.   W: (inputs, outputs)
    Both take four rows of W at a time: y is read and written, and dy read, a quarter as often, in half the time. */
class Dense {
  constructor(layer, pack) {
    this.weight = pack.array(layer.weight);
    this.bias = pack.array(layer.bias);
    this.outputs = layer.outputs;
  }

  forward(x) {
    const { weight: W, outputs: n } = this;
    const y = this.bias ? this.bias.slice() : new Float32Array(n);
    let i = 0;
    for (; i + 3 < x.length; i += 4) {
      const [a, b, c, d] = x.subarray(i, i + 4), row = i * n;
      for (let j = 0; j < n; j += 1) {
        y[j] += a * W[row + j] + b * W[row + n + j] + c * W[row + 2 * n + j] + d * W[row + 3 * n + j];
      }
    }
    for (; i < x.length; i += 1) {
      for (let j = 0; j < n; j += 1) y[j] += x[i] * W[i * n + j];
    }
    return y;
  }

  backward(dy) {
    const { weight: W, outputs: n } = this;
    const dx = new Float32Array(W.length / n);
    let i = 0;
    for (; i + 3 < dx.length; i += 4) {
      let a = 0, b = 0, c = 0, d = 0;
      for (let j = 0, row = i * n; j < n; j += 1, row += 1) {
        a += dy[j] * W[row];
        b += dy[j] * W[row + n];
        c += dy[j] * W[row + 2 * n];
        d += dy[j] * W[row + 3 * n];
      }
      dx.set([a, b, c, d], i);
    }
    for (; i < dx.length; i += 1) {
      for (let j = 0; j < n; j += 1) dx[i] += dy[j] * W[i * n + j];
    }
    return dx;
  }
}

/** y = scale x + shift, channel by channel: in evaluation a batch norm's mean and variance are constants, and stand
    in both.  dx = scale dy. */
class BatchNorm {
  constructor(layer, pack) {
    this.scale = pack.array(layer.scale);
    this.shift = pack.array(layer.shift);
  }

  forward(x) {
    return x.map((value, i) => this.scale[i % this.scale.length] * value + this.shift[i % this.shift.length]);
  }

  backward(dy) {
    return dy.map((value, i) => this.scale[i % this.scale.length] * value);
  }
}

/** y = f(x);  dx = f'(x) dy, with f' written by x or by y. */
class Activation {
  static KNOWN = {
    relu: { f: (x) => Math.max(0, x), slope: (x) => (x > 0 ? 1 : 0) },
    leakyRelu: { f: (x, a) => (x > 0 ? x : a * x), slope: (x, y, a) => (x > 0 ? 1 : a) },
    tanh: { f: Math.tanh, slope: (x, y) => 1 - y * y },
    sigmoid: { f: sigmoid, slope: (x, y) => y * (1 - y) },
  };

  constructor(layer) {
    this.rule = Activation.KNOWN[layer.name];
    this.a = layer.slope;
  }

  forward(x) {
    this.x = x;
    this.y = x.map((value) => this.rule.f(value, this.a));
    return this.y;
  }

  backward(dy) {
    return dy.map((value, i) => value * this.rule.slope(this.x[i], this.y[i], this.a));
  }
}

function sigmoid(x) {
  return x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x));
}

/** The convolution: y[position] = b + sum over the kernel's elements of x[pixel under it] W[element];
    dx is its adjoint, below.   W: (kernel height * width, channels of x, channels of y) */
class Convolution {
  constructor(layer, pack) {
    this.weight = pack.array(layer.weight);
    this.bias = pack.array(layer.bias);
    this.windows = layer.windows;
  }

  forward(x) {
    return addBias(correlate(x, this.weight, this.windows), this.bias);
  }

  backward(dy) {
    return correlateAdjoint(dy, this.weight, this.windows);
  }
}

/** The transposed convolution lays its multiple of the kernel onto a larger image for every value that comes in: the
    same two functions, the other way round. */
class TransposedConvolution extends Convolution {
  forward(x) {
    return addBias(correlateAdjoint(x, this.weight, this.windows), this.bias);
  }

  backward(dy) {
    return correlate(dy, this.weight, this.windows);
  }
}

/** y[p, o] = sum over elements e and channels c of x[pixel under e at p, c] W[e, c, o]. */
function correlate(x, weight, windows) {
  const { positions, pixels, elements } = sizes(windows);
  const inner = x.length / pixels, outer = weight.length / elements / inner;
  const y = new Float32Array(positions * outer);
  forEachOverlap(windows, (position, pixel, element) => {
    for (let c = 0; c < inner; c += 1) {
      const value = x[pixel * inner + c], row = (element * inner + c) * outer;
      for (let o = 0; o < outer; o += 1) y[position * outer + o] += value * weight[row + o];
    }
  });
  return y;
}

/** Its adjoint: x[pixel under e at p, c] gets the sum over o of y[p, o] W[e, c, o], from every e and p. */
function correlateAdjoint(y, weight, windows) {
  const { positions, pixels, elements } = sizes(windows);
  const outer = y.length / positions, inner = weight.length / elements / outer;
  const x = new Float32Array(pixels * inner);
  forEachOverlap(windows, (position, pixel, element) => {
    for (let c = 0; c < inner; c += 1) {
      const row = (element * inner + c) * outer;
      let sum = 0;
      for (let o = 0; o < outer; o += 1) sum += y[position * outer + o] * weight[row + o];
      x[pixel * inner + c] += sum;
    }
  });
  return x;
}

function sizes({ image, positions, kernel }) {
  return { pixels: image[0] * image[1], positions: positions[0] * positions[1], elements: kernel[0] * kernel[1] };
}

/** Calls visit(position, pixel, element) wherever an element of the kernel lies on the image, not over its edge. */
function forEachOverlap({ image, positions, kernel, stride, before }, visit) {
  for (let p = 0; p < positions[0]; p += 1) {
    for (let q = 0; q < positions[1]; q += 1) {
      for (let i = 0; i < kernel[0]; i += 1) {
        const row = p * stride[0] + i - before[0];
        if (row < 0 || row >= image[0]) continue;
        for (let j = 0; j < kernel[1]; j += 1) {
          const column = q * stride[1] + j - before[1];
          if (column < 0 || column >= image[1]) continue;
          visit(p * positions[1] + q, row * image[1] + column, i * kernel[1] + j);
        }
      }
    }
  }
}

function addBias(y, bias) {
  return bias ? y.map((value, i) => value + bias[i % bias.length]) : y;
}

const LAYERS = {
  dense: Dense,
  batchNorm: BatchNorm,
  activation: Activation,
  convolution: Convolution,
  transposed: TransposedConvolution,
};

class Network {
  constructor(layers, pack) {
    this.layers = layers.map((layer) => new LAYERS[layer.type](layer, pack));
  }

  forward(x) {
    return this.layers.reduce((value, layer) => layer.forward(value), x);
  }

  backward(dy) {
    return this.layers.reduceRight((gradient, layer) => layer.backward(gradient), dy);
  }
}
