"use strict";
/* One latent at a time through its range, the others as they are: a row for each latent of the model in focus. */

const COLUMNS = 9;

class Traversals {
  constructor(explorer) {
    this.explorer = explorer;
    this.element = document.getElementById("traversals");
    this.refocus();
  }

  refocus() {
    const { model } = this.explorer;
    this.rows = model.order.map((j, rank) => {
      const row = document.getElementById("traversal-row").content.firstElementChild.cloneNode(true);
      row.querySelector(".number").textContent = `z${j}`;
      row.querySelector(".factor").textContent = model.latents[j].factor ?? "";
      row.classList.toggle("inactive", !model.latents[j].active);
      row.querySelector(".cells").setAttribute("aria-label", `Traversal of ${model.label(j)}`);
      const choose = (column) => this.explorer.setPosition(rank, Traversals.position(column));
      return { row, grid: new Grid(row.querySelector(".cells"), COLUMNS, this.explorer.shape, choose) };
    });
    this.element.replaceChildren(...this.rows.map(({ row }) => row));
  }

  static position(column) {
    return REACH * (2 * column / (COLUMNS - 1) - 1);
  }

  update() {
    const { model, code, background } = this.explorer;
    this.rows.forEach(({ row, grid }, rank) => {
      const j = model.order[rank];
      grid.mark(Math.round((model.toPosition(code[j], j) / REACH + 1) * (COLUMNS - 1) / 2));
      background.draw(row, () => this.drawRow(grid, j));
    });
  }

  *drawRow(grid, j) {
    const { model, code } = this.explorer;
    for (let column = 0; column < COLUMNS; column += 1) {
      const moved = code.slice();
      moved[j] = model.fromPosition(Traversals.position(column), j);
      grid.paint(column, model.decode(moved), `z${j} = ${format(moved[j], 2)}`);
      yield;
    }
  }
}
