// An exam's images in PhotoSwipe: swipe, pinch, pan and zoom, the size that the screen needs, and nothing fetched twice.

import PhotoSwipeLightbox from "./photoswipe/photoswipe-lightbox.esm.min.js";
import { furnish } from "./furniture.js";
import { showThumbnails } from "./thumbnails.js";

const images = document.getElementById("images");
const say = images.dataset;
const SIDES = say.sides.split(" ").map(Number);
const SCREEN = 2048; // smaller images are shown as large as this, so that each fills the screen

const viewer = () => import("./photoswipe/photoswipe.esm.min.js");
const told = document.getElementById("told").textContent.trim();
const items = told ? Promise.resolve(read(JSON.parse(told))) : fetch(`${say.base}/images.json`, { cache: "no-store" })
  .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
  .then(read);

const lightbox = new PhotoSwipeLightbox({
  pswpModule: viewer,
  counter: false, // said below, in words
  allowPanToNext: false, // zoomed in, one finger pans
  loop: false, // no wrap at the ends, never into another exam
  wheelToZoom: true,
  bgOpacity: 1,
  showHideAnimationType: "fade",
  zoomAnimationDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 200,
  paddingFn: ({ x }) => ({ top: 60, bottom: x < 600 ? 172 : 116, left: 0, right: 0 }), // what stands there on a phone is higher
  closeTitle: say.close,
  zoomTitle: say.zoom,
  arrowPrevTitle: say.previous,
  arrowNextTitle: say.next,
  errorMsg: say.failed,
  closeOnVerticalDrag: false, // a finger that slips must not close it
  tapAction: "toggle-controls",
  doubleTapAction: "zoom",
});
lightbox.on("loadComplete", ({ content }) => giveTrueShape(content));
lightbox.on("contentActivate", ({ content }) => giveTrueShape(content));
lightbox.on("uiRegister", () => furnish(lightbox.pswp, say));
lightbox.init();

images.addEventListener("click", async (event) => {
  const link = event.target.closest("a.image, a.film, a.more");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return; // wanted in a tab of its own
  event.preventDefault();
  try {
    const every = await items;
    if (link.matches(".more")) showMore(link, every);
    else open(link, every);
  } catch {
    location.href = link.href; // no connection: the plain way
  }
});

// Once all that the page shows is there, what the first image will need.
addEventListener("load", () => setTimeout(viewer, 0), { once: true });

function open(link, every) {
  const { instance, frame } = link.dataset;
  const index = every.findIndex((item) => item.instance === instance && item.frame === Number(frame));
  lightbox.options.playsAtOnce = link.matches(".film");
  lightbox.loadAndOpen(index, every);
}

function showMore(link, every) {
  const section = link.closest(".series");
  const there = section.querySelectorAll("a.image").length;
  showThumbnails(link, every.filter((item) => item.section === section).slice(there));
}

// What the server has told of the images, as PhotoSwipe wants it.
function read(series) {
  const sections = images.querySelectorAll(".series");
  return series.flatMap((instances, place) => {
    const section = sections[place];
    const count = instances.reduce((sum, [, frames]) => sum + frames, 0);
    const places = instances.flatMap(([instance, frames, columns, rows]) =>
      Array.from({ length: frames }, (_, frame) => ({ instance, frame, frames, columns, rows })));
    return places.map((one, at) => item(one, section, at + 1, count));
  });
}

function item({ instance, frame, frames, columns, rows }, section, number, count) {
  const longest = Math.max(columns, rows, 1);
  const src = `${say.base}/image/${instance}/${frame}`;
  const first = SIDES.findIndex((side) => side >= longest);
  const levels = SIDES.slice(0, first < 0 ? SIDES.length : first + 1);
  const widths = levels.map((side) => Math.round(columns * Math.min(1, side / longest)));
  const title = section.dataset.title;
  return {
    src: `${src}?side=${levels[Math.min(1, levels.length - 1)]}`,
    srcset: levels.map((side, at) => `${src}?side=${side} ${widths[at]}w`).join(", "),
    msrc: `${say.base}/thumbnail/${instance}/${frame}`,
    alt: say.ofSeries.replace("{n}", number).replace("{count}", count).replace("{title}", title),
    ...sized(columns, rows),
    instance, frame, frames, columns, rows, section, title,
  };
}

function sized(width, height) {
  const scale = Math.max(SCREEN / Math.max(width, height, 1), 1);
  const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
  return { w, h, width: w, height: h };
}

// Pixels that are not square are made so by the server: the picture's own shape counts.
function giveTrueShape(content) {
  const picture = content.element;
  if (!(picture instanceof HTMLImageElement) || !picture.naturalWidth) return;
  const { columns, rows } = content.data;
  const tall = (picture.naturalHeight / picture.naturalWidth) / (rows / columns);
  const [width, height] = Object.values(tall >= 1 ? sized(columns, rows * tall) : sized(columns / tall, rows));
  if (Math.abs(content.width - width) < 3 && Math.abs(content.height - height) < 3) return;
  Object.assign(content.data, { w: width, h: height });
  for (const place of [content, content.slide]) if (place) Object.assign(place, { width, height });
  content.slide?.resize();
}
