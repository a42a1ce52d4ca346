// Brighter, darker, more and less contrast: laid over the image by the browser, so that nothing is loaded again.

const STEP = 0.1; // of the whole range, one press of brighter or darker
const STRONGER = 1.25; // one press of more contrast
const FARTHEST = 0.8;
const STRONGEST = 8;

export class Light {
  constructor() {
    this.reset();
  }

  reset() {
    this.brightness = 0;
    this.contrast = 1;
  }

  change(what) {
    if (what === "reset") this.reset();
    if (what === "brighter") this.brightness = Math.min(FARTHEST, this.brightness + STEP);
    if (what === "darker") this.brightness = Math.max(-FARTHEST, this.brightness - STEP);
    if (what === "stronger") this.contrast = Math.min(STRONGEST, this.contrast * STRONGER);
    if (what === "weaker") this.contrast = Math.max(1 / STRONGEST, this.contrast / STRONGER);
  }

  // The browser's brightness is a factor, which leaves black as black: it stands for an addition about as well.
  shineOn(viewer) {
    const isPlain = Math.abs(this.brightness) < 0.001 && Math.abs(this.contrast - 1) < 0.001;
    viewer.classList.toggle("is-adjusted", !isPlain);
    viewer.style.setProperty("--brightness", String(2 ** (this.brightness * 2)));
    viewer.style.setProperty("--contrast", String(this.contrast));
  }
}
