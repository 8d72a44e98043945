"use strict";
/* Pictures that may come a moment later: drawn one at a time, while the reader rests, and only those in sight. */

class Background {
  static REST = 60; // milliseconds after the last change

  constructor() {
    this.tasks = new Map(); // element: {steps: what draws one picture a step, ready: when it may begin}
    this.visible = new Set();
    this.timer = null;
    this.observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) this.visible.add(target);
        else this.visible.delete(target);
      }
      this.wake();
    }, { rootMargin: "100px" });
  }

  /** Draw what the generator function draws, in place of what was to be drawn in this element before. */
  draw(element, steps) {
    this.observer.observe(element);
    this.tasks.set(element, steps());
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.run(), Background.REST);
  }

  wake() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.run(), 0);
  }

  run() {
    const until = performance.now() + 8;
    for (const [element, steps] of this.tasks) {
      if (!this.visible.has(element)) continue;
      while (performance.now() < until) {
        if (!steps.next().done) continue;
        this.tasks.delete(element);
        break;
      }
      if (performance.now() >= until) {
        this.wake();
        return;
      }
    }
  }

  get idle() {
    return [...this.tasks.keys()].every((element) => !this.visible.has(element));
  }
}
