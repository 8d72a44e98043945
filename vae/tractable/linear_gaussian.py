"""Linear models with Gaussian noise: z ~ N(0, I), x = D z + noise, noise ~ N(0, v I).  All of it in closed form."""

import numpy as np


def posterior(mixing, noise_variance):
    """p(z|x) = N(B x, P): what the observation tells about the sources (thesis, Appendices 2 and 5).

    P^-1 = I + D^T D / v,   B = P D^T / v:  conditioning in the joint Gaussian of z and x.  P does not depend on x.

    mixing : D, (d, k).  Returns B, (k, d), and the precision P^-1, (k, k), which is what `expected_kl` needs.
    """
    precision = np.eye(mixing.shape[1]) + mixing.T @ mixing / noise_variance
    return np.linalg.solve(precision, mixing.T / noise_variance), precision


def expected_kl(W, S, B, precision, covariance):
    """E_x KL( N(W x, diag S) || N(B x, P) ) for x ~ N(0, C), in nats (thesis, Appendix 4).

    For one x the divergence of two Gaussians is
        1/2 [ tr(P^-1 diag S) + (W x - B x)^T P^-1 (W x - B x) - k - log det P^-1 - log det diag S ],
    and E[ (M x)^T P^-1 (M x) ] = tr( P^-1 M C M^T ) since E[x x^T] = C: that is all there is to integrate.

    W, B : (k, d);  S : (k,), variances;  precision : P^-1, (k, k);  covariance : C, (d, d).
    """
    M = W - B
    mismatch = np.sum(precision * (M @ covariance @ M.T))
    log_dets = np.linalg.slogdet(precision)[1] + np.log(S).sum()
    return float((np.diag(precision) @ S + mismatch - len(S) - log_dets) / 2)


def expected_log_likelihood(D, covariance):
    """E_x log N(x; 0, D D^T + I) for x ~ N(0, C): what the decoder's model says about the data, averaged.

    -1/2 [ d log 2 pi + log det(D D^T + I) + tr( (D D^T + I)^-1 C ) ].   D : (d, k);  covariance : C, (d, d).
    """
    model = D @ D.T + np.eye(len(D))
    surprise = np.linalg.slogdet(model)[1] + np.trace(np.linalg.solve(model, covariance))
    return float(-(len(D) * np.log(2 * np.pi) + surprise) / 2)
