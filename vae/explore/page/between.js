"use strict";
/* The straight line from one code to another. */

class Between {
  constructor(explorer) {
    this.explorer = explorer;
    this.ends = [0, Math.floor(explorer.images.length / 2)].map((n) => explorer.builtIn(n).codes);
    this.grid = new Grid(document.getElementById("line"), COLUMNS, explorer.shape, (n) => this.go(n / (COLUMNS - 1)));
    ["from", "to"].forEach((name, end) => {
      document.getElementById(name).addEventListener("click", () => {
        this.ends[end] = explorer.codes.map((code) => code.slice());
        this.refocus();
        announce(`The image is the ${["first", "last"][end]} of the line.`);
      });
    });
    this.slider = document.getElementById("along");
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
    this.refocus();
  }

  codesAt(share) {
    return this.ends[0].map((from, m) => from.map((value, j) => (1 - share) * value + share * this.ends[1][m][j]));
  }

  go(share) {
    this.slider.value = share;
    this.explorer.show(this.codesAt(share));
  }

  refocus() {
    this.explorer.background.draw(this.grid.element, () => this.drawLine());
  }

  *drawLine() {
    const { model, focus } = this.explorer;
    for (let n = 0; n < COLUMNS; n += 1) {
      const share = n / (COLUMNS - 1);
      this.grid.paint(n, model.decode(this.codesAt(share)[focus]), `${Math.round(100 * share)} % of the way`);
      yield;
    }
  }

  update() {}
}
