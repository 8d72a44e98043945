"use strict";

/** Text for readers of the screen. */
function announce(text) {
  document.getElementById("news").textContent = text;
}

/** Numbers with a real minus sign. */
function format(value, digits = 1) {
  return value.toFixed(digits).replace("-", "−");
}
