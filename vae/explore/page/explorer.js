"use strict";
/* Reads what is in the page, and puts the parts together. */

function begin() {
  const content = JSON.parse(document.getElementById("content").textContent);
  const packs = [0, ...content.models.map((_, m) => m + 1)].map((number) => {
    const text = document.getElementById(`pack-${number}`);
    const pack = new Pack(text.textContent);
    text.remove(); // the numbers are in memory now
    return pack;
  });
  const explorer = new Explorer(content, packs);
  const views = [Stage, Sliders, Images, Drawing, Wrong, Traversals, Plane, Between, Samples];
  explorer.views = views.map((View) => new View(explorer));
  introduce(explorer);
  explorer.views[2].choose(0);
  for (let n = 0; n < 3; n += 1) explorer.draw(); // browsers compile what runs often: later frames take what these do
  return explorer;
}

function introduce({ models, content }) {
  const set = (name, text) => {
    document.getElementById(name).textContent = text;
  };
  const [first] = models;
  document.title = `Explorer: ${first.architecture}, ${models.map((model) => model.name).join(", ")}`;
  set("subtitle", `${first.architecture} · ${models.map((model) => model.name).join(" · ")}`);
  set("count", first.latents.length);
  document.getElementById("several").hidden = models.length === 1;
  const worst = (name) => Math.max(...models.map(({ error }) => error[name]));
  set("weights", content.weights);
  set("measured", content.measured);
  set("image-error", worst("image").toFixed(4));
  set("mean-error", worst("image_mean").toExponential(0));
  set("gradient-error", `${(100 * worst("gradient")).toPrecision(2)} %`);
  document.getElementById("betas").replaceChildren(...models.map((model) => {
    const item = document.createElement("li");
    item.textContent = model.beta;
    return item;
  }));
}

const explorer = begin(); // a name to play with in the browser's console
