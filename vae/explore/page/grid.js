"use strict";
/* A grid of pictures to choose from: one stop for the tab key, and the arrow keys move inside of it. */

class Grid {
  /** count pictures of a shape; choose(index) is called by click, Enter and Space. */
  constructor(element, count, shape, choose) {
    this.element = element;
    this.shape = shape;
    this.cells = Array.from({ length: count }, (_, index) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "cell";
      button.tabIndex = index === 0 ? 0 : -1;
      button.setAttribute("aria-label", `Picture ${index + 1}`); // until it is painted
      button.append(newCanvas(shape[1], shape[0]));
      button.addEventListener("click", () => {
        this.moveTo(index);
        choose(index);
      });
      return button;
    });
    element.replaceChildren(...this.cells);
    element.onkeydown = (event) => this.onKey(event);
  }

  onKey(event) {
    const columns = this.columnsOnScreen();
    const here = this.cells.indexOf(document.activeElement);
    const there = {
      ArrowLeft: here - 1, ArrowRight: here + 1, ArrowUp: here - columns, ArrowDown: here + columns, Home: 0,
      End: this.cells.length - 1,
    }[event.key];
    if (here < 0 || there === undefined) return;
    event.preventDefault();
    if (!this.cells[there]) return;
    this.moveTo(there);
    this.cells[there].focus();
  }

  /** Cells in the first row: those as high up as the first. */
  columnsOnScreen() {
    const top = this.cells[0].offsetTop;
    const next = this.cells.findIndex((cell) => cell.offsetTop > top);
    return next < 0 ? this.cells.length : next;
  }

  moveTo(index) {
    this.cells.forEach((cell, other) => {
      cell.tabIndex = other === index ? 0 : -1;
    });
  }

  mark(index) {
    this.cells.forEach((cell, other) => {
      if (other === index) cell.setAttribute("aria-current", "true");
      else cell.removeAttribute("aria-current");
    });
  }

  paint(index, image, label) {
    paint(this.cells[index].firstChild, image, this.shape);
    this.cells[index].setAttribute("aria-label", label);
  }
}
