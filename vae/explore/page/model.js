"use strict";
/* A beta-VAE in evaluation: encoder, decoder, and the gradient of the ELBO for the code. */

class Model {
  constructor(description, pack) {
    Object.assign(this, description); // name, beta, latents, error, ...
    const vectors = (codes) => codes.map((code) => Float32Array.from(code));
    this.codes = { mean: vectors(this.codes.mean), logVariance: vectors(this.codes.logVariance) }; // of the images
    this.decoderLayers = new Network(description.decoder, pack);
    if (description.encoder) {
      this.features = new Network(description.encoder.features, pack);
      this.meanLayer = new Dense(description.encoder.mean, pack);
      this.logVarianceLayer = new Dense(description.encoder.logVariance, pack);
    }
    this.order = this.latents.map((_, j) => j).sort((a, b) => this.latents[b].kl - this.latents[a].kl);
    this.active = this.latents.filter((latent) => latent.active).length;
  }

  get canEncode() {
    return Boolean(this.features);
  }

  /** The mean and the log variance of q(z|x). */
  encode(x) {
    const h = this.features.forward(x);
    return { mean: this.meanLayer.forward(h), logVariance: this.logVarianceLayer.forward(h) };
  }

  /** The expected image for a code: the probability of white, or a normal distribution's mean. */
  decode(z) {
    this.output = this.decoderLayers.forward(z);
    return this.likelihood === "bernoulli" ? this.output.map(sigmoid) : this.output;
  }

  /** log p(x|z) in nats, for the code that was decoded last.  With logits l it is the sum of x l - log(1 + exp(l)). */
  logLikelihood(x) {
    const { output } = this;
    let sum = 0;
    for (let i = 0; i < x.length; i += 1) {
      sum += this.likelihood === "bernoulli"
        ? x[i] * output[i] - Math.max(output[i], 0) - Math.log1p(Math.exp(-Math.abs(output[i])))
        : -((x[i] - output[i]) ** 2 + Math.log(2 * Math.PI)) / 2;
    }
    return sum;
  }

  /** KL(N(z, s^2) || N(0, 1)) = 1/2 sum of z^2 + s^2 - 1 - log s^2, in nats. */
  static divergence(z, logVariance) {
    return z.reduce((sum, m, j) => sum + (m * m + Math.exp(logVariance[j]) - 1 - logVariance[j]) / 2, 0);
  }

  /** The gradient of the ELBO, log p(x|z) - KL, for the code that was decoded last: where should it go to draw x
      better?  In the decoder's output it is x - x', for both likelihoods; then backwards through all layers.
      The KL pulls each latent to the prior's middle with -z. */
  gradient(x, z) {
    const image = this.likelihood === "bernoulli" ? this.output.map(sigmoid) : this.output;
    const slope = this.decoderLayers.backward(image.map((value, i) => x[i] - value));
    return slope.map((value, j) => value - z[j]);
  }

  /** A slider's position stands for z = centre + spread * position, in the deviations of the codes of real images. */
  toPosition(z, j) {
    return (z - this.latents[j].centre) / this.latents[j].spread;
  }

  fromPosition(position, j) {
    return this.latents[j].centre + this.latents[j].spread * position;
  }

  /** What a latent is called: its number, and the factor that it carries, where one is known. */
  label(j) {
    const { factor, share } = this.latents[j];
    return factor ? `z${j}, ${factor} ${Math.round(100 * share)} %` : `z${j}`;
  }
}
