"use strict";
/* The numbers in this page.  Each pack is a text in base64; a reference {kind, at, length} names an array in it.
   int8 means w = scale * q, with whole numbers q from -127 to 127 and a scale for each entry of the last axis. */

class Pack {
  constructor(text) {
    const characters = atob(text.trim());
    this.bytes = new Uint8Array(characters.length);
    for (let i = 0; i < characters.length; i += 1) this.bytes[i] = characters.charCodeAt(i);
  }

  /** The array as float32, or as bytes if that is what it is. */
  array(reference) {
    if (!reference) return null;
    const { kind, at, length, scale } = reference;
    const buffer = this.bytes.buffer;
    if (kind === "uint8") return new Uint8Array(buffer, at, length);
    if (kind === "float32") return new Float32Array(buffer, at, length);
    if (kind === "float16") return Float32Array.from(new Uint16Array(buffer, at, length), fromHalf);
    return times(new Int8Array(buffer, at, length), this.array(scale));
  }
}

function times(steps, scale) {
  const weights = new Float32Array(steps.length), columns = scale.length;
  for (let start = 0; start < steps.length; start += columns) {
    for (let j = 0; j < columns; j += 1) weights[start + j] = steps[start + j] * scale[j];
  }
  return weights;
}

/** IEEE 754's half precision: one bit sign, five bits exponent, ten bits fraction. */
function fromHalf(bits) {
  const exponent = (bits >> 10) & 31, fraction = bits & 1023;
  const size = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
  return bits >> 15 ? -size : size;
}
