"use strict";
/* Images to start from: sixty in the page, or a file of the reader's. */

class Images {
  constructor(explorer) {
    this.explorer = explorer;
    const { images, content, shape } = explorer;
    this.grid = new Grid(document.getElementById("gallery"), images.length, shape, (n) => this.choose(n));
    this.names = images.map((_, n) => [`Image ${n + 1}`, content.captions[n]].filter(Boolean).join(": "));
    images.forEach((image, n) => this.grid.paint(n, image, this.names[n]));
    const input = document.getElementById("file");
    input.addEventListener("change", () => this.take(input.files[0]));
    this.acceptDrops(document.body);
    document.getElementById("encoder-note").textContent = explorer.models.every((model) => model.canEncode)
      ? "It is encoded in this page, and goes nowhere else."
      : "This page has no encoder, so it starts from the most similar image above and climbs the ELBO to the new " +
        "one’s code. The file goes nowhere else.";
  }

  choose(n) {
    const { codes, logVariances, target } = this.explorer.builtIn(n);
    this.explorer.show(codes, { target, logVariances });
    announce(`${this.names[n]} is shown.`);
  }

  acceptDrops(element) {
    const over = (event, is) => {
      event.preventDefault();
      element.classList.toggle("dropping", is);
    };
    element.addEventListener("dragover", (event) => over(event, true));
    element.addEventListener("dragleave", (event) => over(event, event.relatedTarget !== null));
    element.addEventListener("drop", (event) => {
      over(event, false);
      this.take(event.dataTransfer.files[0]);
    });
  }

  async take(file) {
    if (!file) return;
    try {
      const image = await readFile(file, this.explorer.shape);
      this.explorer.startFrom(likeOurs(image, this.explorer.shape, this.explorer.images[0]));
      announce(`${file.name} is shown.`);
      document.getElementById("file-error").textContent = "";
    } catch {
      document.getElementById("file-error").textContent =
        `${file.name} is not a picture that this browser can read: choose a PNG, JPEG, GIF or WebP file.`;
    }
  }

  update() {
    this.grid.mark(this.explorer.images.indexOf(this.explorer.target));
  }
}
