"""Names a wrong array (placeholder until nn.diagnose is merged)."""

import numpy as np


def name_mistake(name, gs, ts, reference):
    """(name, words) of the mistake that explains every draw; ("", "") if none does."""
    ratios = [float((g * t).sum() / (t * t).sum()) for g, t in zip(gs, ts, strict=True)]
    if all(np.allclose(g, r * t, rtol=1e-6) for g, t, r in zip(gs, ts, ratios, strict=True)):
        return f"ratio {ratios[0]:.6g}", f"your {name} is exactly {ratios[0]:.6g} times the truth, in every entry"
    return "", ""
