"use strict";
/* A plane of two latents to wander over: behind the pointer what the decoder draws there. */

const TILES = 9;

class Plane {
  constructor(explorer) {
    this.explorer = explorer;
    this.pad = document.getElementById("pad");
    this.canvas = this.pad.querySelector("canvas");
    this.choices = ["across", "up"].map((name) => document.getElementById(name));
    this.choices.forEach((choice) => choice.addEventListener("change", () => explorer.redraw()));
    this.pad.addEventListener("pointerdown", (event) => {
      this.pad.setPointerCapture(event.pointerId);
      this.onPointer(event);
    });
    this.pad.addEventListener("pointermove", (event) => {
      if (event.buttons) this.onPointer(event);
    });
    this.pad.addEventListener("keydown", (event) => this.onKey(event));
    size(this.canvas, explorer.shape);
    this.refocus();
  }

  refocus() {
    const { model } = this.explorer;
    this.choices.forEach((choice, axis) => {
      const before = choice.value;
      choice.replaceChildren(...model.order.map((j, rank) => new Option(model.label(j), rank)));
      choice.value = before || Math.min(axis, model.order.length - 1);
    });
  }

  get ranks() {
    return this.choices.map((choice) => Number(choice.value));
  }

  get place() {
    const { model, code } = this.explorer;
    return this.ranks.map((rank) => model.toPosition(code[model.order[rank]], model.order[rank]));
  }

  onPointer(event) {
    const box = this.pad.getBoundingClientRect();
    const part = (value) => REACH * (2 * Math.max(0, Math.min(1, value)) - 1);
    this.moveTo([part((event.clientX - box.left) / box.width), -part((event.clientY - box.top) / box.height)]);
  }

  onKey(event) {
    const step = event.shiftKey ? 0.5 : 0.1;
    const move = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] }[event.key];
    if (!move) return;
    event.preventDefault();
    this.moveTo(this.place.map((value, axis) => Math.max(-REACH, Math.min(REACH, value + move[axis]))));
  }

  moveTo(place) {
    this.ranks.forEach((rank, axis) => this.explorer.setPosition(rank, place[axis]));
  }

  update() {
    const { model, code, gradient } = this.explorer;
    const [x, y] = this.place, percent = (value) => `${50 + 50 * Math.max(-1, Math.min(1, value / REACH))}%`;
    this.pad.style.setProperty("--x", percent(x));
    this.pad.style.setProperty("--y", percent(-y));
    const numbers = this.ranks.map((rank) => `z${model.order[rank]} ${format(code[model.order[rank]], 2)}`);
    this.pad.setAttribute("aria-label", `Plane of two latents, moved by arrow keys: ${numbers.join(", ")}`);
    this.drawArrow(gradient);
    const others = code.filter((_, j) => !this.ranks.some((rank) => model.order[rank] === j));
    const shown = [this.explorer.focus, ...this.ranks, ...others].join();
    if (shown === this.shown) return; // wandering over the plane leaves it as it is
    this.shown = shown;
    this.explorer.background.draw(this.canvas, () => this.drawTiles());
  }

  /** The gradient's two parts of the plane, in the deviations in which the plane is drawn. */
  drawArrow(gradient) {
    const { model } = this.explorer, arrow = this.pad.querySelector(".arrow");
    arrow.hidden = !gradient || !document.getElementById("arrows").checked;
    if (arrow.hidden) return;
    const [right, up] = this.ranks.map((rank) => model.order[rank]).map((j) => gradient[j] * model.latents[j].spread);
    const slope = Math.hypot(right, up);
    this.pad.style.setProperty("--length", 0.3 * slope / (slope + 25));
    this.pad.style.setProperty("--angle", `${-Math.atan2(up, right)}rad`);
  }

  *drawTiles() {
    const { model, code, shape } = this.explorer, [height, width] = shape;
    const tile = newCanvas(width, height), context = this.canvas.getContext("2d");
    const [across, up] = this.ranks.map((rank) => model.order[rank]);
    this.canvas.width = TILES * width;
    this.canvas.height = TILES * height;
    const position = (n) => REACH * (2 * (n + 0.5) / TILES - 1);
    for (let row = 0; row < TILES; row += 1) {
      for (let column = 0; column < TILES; column += 1) {
        const moved = code.slice();
        moved[across] = model.fromPosition(position(column), across);
        moved[up] = model.fromPosition(-position(row), up);
        paint(tile, model.decode(moved), shape);
        context.drawImage(tile, column * width, row * height);
        yield;
      }
    }
  }
}
