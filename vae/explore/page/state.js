"use strict";
/* What is shown: a code for each model, and the image (if any) that the codes are to draw.

   A slider has a rank: the first moves the busiest latent of every model, the one with the largest KL. */

class Explorer {
  constructor(content, packs) {
    const [pictures, ...weights] = packs;
    this.content = content;
    this.shape = content.shape;
    this.models = content.models.map((description, m) => new Model(description, weights[m]));
    this.images = this.cut(pictures.array(content.images));
    this.focus = 0; // the model whose latents the sliders show
    this.codes = this.models.map((model) => Float32Array.from(model.latents, (latent) => latent.centre));
    this.logVariances = this.models.map(() => null); // of q(z|x), if the code is an image's
    this.target = null;
    this.views = [];
    this.background = new Background();
    this.times = [];
  }

  cut(bytes) {
    const size = this.shape[0] * this.shape[1] * this.shape[2];
    const count = bytes.length / size;
    return Array.from({ length: count }, (_, n) =>
      Float32Array.from(bytes.subarray(n * size, (n + 1) * size), (value) => value / 255));
  }

  get model() {
    return this.models[this.focus];
  }

  get code() {
    return this.codes[this.focus];
  }

  /** Move the latent of this rank in every model. */
  setPosition(rank, position) {
    this.models.forEach((model, m) => {
      const j = model.order[rank];
      if (j !== undefined) this.codes[m][j] = model.fromPosition(position, j);
    });
    this.changed();
  }

  /** Codes for all models, with the target that they stand for (or null) and its log variances. */
  show(codes, { target = null, logVariances = null } = {}) {
    this.codes = codes.map((code) => Float32Array.from(code));
    this.target = target;
    this.logVariances = logVariances ?? this.models.map(() => null);
    this.changed();
  }

  /** Numbers from N(0, 1), by rank, as codes of all models. */
  codesOf(noise) {
    return this.models.map((model) => {
      const code = new Float32Array(model.latents.length);
      model.order.forEach((j, rank) => {
        code[j] = noise[rank];
      });
      return code;
    });
  }

  /** Codes from the prior, N(0, I), the same numbers for all models. */
  noise() {
    const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
    return Array.from({ length: Math.max(...this.models.map((model) => model.latents.length)) }, normal);
  }

  /** What built-in image n is in each model: its code and log variances. */
  builtIn(n) {
    return {
      codes: this.models.map((model) => model.codes.mean[n]),
      logVariances: this.models.map((model) => model.codes.logVariance[n]),
      target: this.images[n],
    };
  }

  /** Start from an image that the page does not know: encode it, or climb to its code from the most similar image. */
  startFrom(image) {
    if (this.models.every((model) => model.canEncode)) {
      const found = this.models.map((model) => model.encode(image));
      this.show(found.map(({ mean }) => mean), { target: image, logVariances: found.map((q) => q.logVariance) });
      return;
    }
    const distances = this.images.map((other) => other.reduce((sum, v, i) => sum + (v - image[i]) ** 2, 0));
    const nearest = distances.indexOf(Math.min(...distances));
    this.show(this.builtIn(nearest).codes, { target: image });
    this.climb();
  }

  /** Go up the gradient of the ELBO, by Adam, in deviations of the codes; a step of every model each frame. */
  climb(steps = 150, rate = 0.1) {
    this.changed(); // stops an earlier climb
    const climbers = this.models.map((model) => new Adam(model.latents.length, rate));
    const climbing = (this.climbing = {});
    const step = (left) => {
      if (this.climbing !== climbing) return;
      if (left === 0) {
        this.climbing = null;
        return;
      }
      this.models.forEach((model, m) => {
        model.decode(this.codes[m]);
        const gradient = model.gradient(this.target, this.codes[m]);
        const moves = climbers[m].step(gradient.map((value, j) => value * model.latents[j].spread));
        moves.forEach((move, j) => {
          this.codes[m][j] += move * model.latents[j].spread;
        });
      });
      this.redraw();
      requestAnimationFrame(() => step(left - 1));
    };
    step(steps);
  }

  focusOn(m) {
    this.focus = m;
    this.views.forEach((view) => view.refocus?.());
    this.changed();
  }

  changed() {
    this.climbing = null;
    this.redraw();
  }

  redraw() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  draw() {
    const began = performance.now();
    this.decoded = this.models.map((model, m) => model.decode(this.codes[m]));
    this.views[0].update(); // the stage: the decoded images are on the screen
    this.times = [...this.times.slice(-20), performance.now() - began];
    this.views[0].say(this.times);
    this.gradient = null;
    if (this.target) {
      if (this.models.length > 1) this.model.decode(this.code);
      this.gradient = this.model.gradient(this.target, this.code);
    }
    this.views.slice(1).forEach((view) => view.update());
  }
}
