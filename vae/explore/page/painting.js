"use strict";
/* Pictures on canvases, and pictures from files. */

function size(canvas, [height, width]) {
  canvas.width = width;
  canvas.height = height;
}

/** Paint an image of numbers from 0 to 1, (height, width, channels), onto a canvas of its size. */
function paint(canvas, image, [height, width, channels]) {
  size(canvas, [height, width]);
  const context = canvas.getContext("2d"), pixels = context.createImageData(width, height);
  for (let i = 0; i < width * height; i += 1) {
    for (let c = 0; c < 3; c += 1) pixels.data[4 * i + c] = 255 * image[i * channels + (channels === 3 ? c : 0)];
    pixels.data[4 * i + 3] = 255;
  }
  context.putImageData(pixels, 0, 0);
}

/** Paint differences from -1 to 1: orange where the image should be brighter, blue where darker. */
function paintDifference(canvas, difference, [height, width, channels]) {
  size(canvas, [height, width]);
  const context = canvas.getContext("2d"), pixels = context.createImageData(width, height);
  for (let i = 0; i < width * height; i += 1) {
    let value = 0;
    for (let c = 0; c < channels; c += 1) value += difference[i * channels + c] / channels;
    pixels.data.set([...(value > 0 ? [232, 119, 34] : [38, 120, 196]), 255 * Math.min(1, Math.abs(value))], 4 * i);
  }
  context.putImageData(pixels, 0, 0);
}

/** What a reader who sees no picture is told: how much is bright, and where. */
function describeImage(image, [height, width, channels]) {
  let sum = 0, across = 0, down = 0;
  for (let i = 0; i < image.length; i += 1) {
    const pixel = Math.floor(i / channels);
    sum += image[i];
    across += image[i] * ((pixel % width) + 0.5) / width;
    down += image[i] * (Math.floor(pixel / width) + 0.5) / height;
  }
  const percent = (value) => `${Math.round(100 * value)} %`;
  if (sum < 1e-6) return "all dark";
  return `${percent(sum / image.length)} bright, centre of brightness ${percent(across / sum)} from the left, ` +
    `${percent(down / sum)} from the top`;
}

/** Numbers from 0 to 1 out of a canvas of the images' size; grey is the mean of red, green and blue. */
function readCanvas(canvas, channels) {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return Float32Array.from({ length: canvas.width * canvas.height * channels }, (_, i) => {
    if (channels === 3) return data[4 * Math.floor(i / 3) + (i % 3)] / 255;
    return (data[4 * i] + data[4 * i + 1] + data[4 * i + 2]) / 765;
  });
}

/** A picture file as the models take images: its middle, as large as fits, scaled down. */
async function readFile(file, [height, width, channels]) {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(bitmap.width / width, bitmap.height / height);
  const canvas = newCanvas(width, height);
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  const cut = [scale * width, scale * height];
  const corner = [(bitmap.width - cut[0]) / 2, (bitmap.height - cut[1]) / 2];
  context.drawImage(bitmap, ...corner, ...cut, 0, 0, width, height);
  return readCanvas(canvas, channels);
}

function newCanvas(width, height) {
  const canvas = document.createElement("canvas");
  size(canvas, [height, width]);
  return canvas;
}

/** An image with dark and bright exchanged, if its edge is bright and that of the models' images is black. */
function likeOurs(image, shape, ours) {
  const inverted = edgeBrightness(image, shape) > 0.5 && edgeBrightness(ours, shape) < 0.1;
  return inverted ? image.map((value) => 1 - value) : image;
}

function edgeBrightness(image, [height, width, channels]) {
  let sum = 0, count = 0;
  for (let i = 0; i < image.length; i += 1) {
    const pixel = Math.floor(i / channels), row = Math.floor(pixel / width), column = pixel % width;
    if (row === 0 || column === 0 || row === height - 1 || column === width - 1) {
      sum += image[i];
      count += 1;
    }
  }
  return sum / count;
}
