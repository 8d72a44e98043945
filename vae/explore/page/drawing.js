"use strict";
/* A canvas to scribble a digit on, for models of MNIST's images.  With the keyboard the arrow keys move the pen, and
   Space sets it down or lifts it. */

class Drawing {
  static SIZE = 280; // pixels of the canvas
  static PEN = 22;

  constructor(explorer) {
    this.explorer = explorer;
    const [height, width, channels] = explorer.shape;
    const wanted = height === 28 && width === 28 && channels === 1;
    document.getElementById("drawing").hidden = !wanted;
    if (!wanted) return;
    this.canvas = document.getElementById("scribble");
    this.canvas.width = this.canvas.height = Drawing.SIZE;
    this.context = this.canvas.getContext("2d", { willReadFrequently: true });
    this.pen = { x: Drawing.SIZE / 2, y: Drawing.SIZE / 2, down: false };
    this.clear();
    this.canvas.addEventListener("pointerdown", (event) => this.onPointer(event, true));
    this.canvas.addEventListener("pointermove", (event) => {
      if (event.buttons) this.onPointer(event, false);
    });
    this.canvas.addEventListener("keydown", (event) => this.onKey(event));
    document.getElementById("clear").addEventListener("click", () => this.clear());
  }

  clear() {
    this.context.fillStyle = "black";
    this.context.fillRect(0, 0, Drawing.SIZE, Drawing.SIZE);
  }

  onPointer(event, begins) {
    event.preventDefault();
    if (begins) this.canvas.setPointerCapture(event.pointerId);
    const box = this.canvas.getBoundingClientRect(), scale = Drawing.SIZE / box.width;
    const to = { x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale };
    this.stroke(begins ? to : this.pen, to);
  }

  onKey(event) {
    const moves = { ArrowLeft: [-10, 0], ArrowRight: [10, 0], ArrowUp: [0, -10], ArrowDown: [0, 10], " ": [0, 0] };
    if (!moves[event.key]) return;
    event.preventDefault();
    if (event.key === " ") this.pen.down = !this.pen.down;
    const [x, y] = moves[event.key], to = { x: this.pen.x + x, y: this.pen.y + y };
    if (this.pen.down) this.stroke(this.pen, to);
    else Object.assign(this.pen, to);
    const [across, down] = [to.x, to.y].map((place) => Math.round(100 * place / Drawing.SIZE));
    announce(`Pen ${this.pen.down ? "down" : "up"}, ${across} % from the left, ${down} % from the top`);
  }

  stroke(from, to) {
    Object.assign(this.context, { strokeStyle: "white", lineWidth: Drawing.PEN, lineCap: "round", lineJoin: "round" });
    this.context.beginPath();
    this.context.moveTo(from.x, from.y);
    this.context.lineTo(to.x, to.y);
    this.context.stroke();
    Object.assign(this.pen, to);
    this.explorer.startFrom(this.digit());
  }

  /** The drawing as MNIST has its digits: in a box of 20x20, with the centre of mass in the middle of 28x28. */
  digit() {
    const ink = readCanvas(this.canvas, 1), { SIZE } = Drawing;
    let left = SIZE, right = 0, top = SIZE, bottom = 0, mass = 0, across = 0, down = 0;
    ink.forEach((value, i) => {
      if (value < 0.1) return;
      const x = i % SIZE, y = Math.floor(i / SIZE);
      [left, right] = [Math.min(left, x), Math.max(right, x + 1)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y + 1)];
      [mass, across, down] = [mass + value, across + value * x, down + value * y];
    });
    const scale = 20 / Math.max(right - left, bottom - top);
    const small = newCanvas(28, 28), context = small.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.fillRect(0, 0, 28, 28);
    context.setTransform(scale, 0, 0, scale, 14 - scale * across / mass, 14 - scale * down / mass);
    context.drawImage(this.canvas, left, top, right - left, bottom - top, left, top, right - left, bottom - top);
    return readCanvas(small, 1);
  }

  update() {}
}
