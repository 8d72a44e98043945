"""Lab 7, graded part: another prior."""

import numpy as np


def kl_to(mean, log_variance, prior_mean, prior_log_variance):
    """Return (loss, dmean, dlog_variance) of the KL from another prior:

    KL( N(mean, exp(log_variance)) || N(prior_mean, exp(prior_log_variance)) ).

    mean, log_variance : (batch, k);  the prior's numbers : (k,).  The SUM over the latents, the MEAN over the batch.
    """
    # BEGIN SOLUTION
    batch, precision = len(mean), np.exp(-prior_log_variance)
    ratio = np.exp(log_variance) * precision
    difference = mean - prior_mean
    terms = ratio + difference**2 * precision - 1 + prior_log_variance - log_variance
    return terms.sum() / 2 / batch, difference * precision / batch, (ratio - 1) / 2 / batch
    # END SOLUTION
