// A guest's visit: the images in PhotoSwipe, and the page kept true to what may still be seen.

import PhotoSwipeLightbox from "./photoswipe/photoswipe-lightbox.esm.min.js";

const visit = document.getElementById("visit");
const images = document.getElementById("images");
const LONGEST_SIDE = 2048; // the server makes none larger; smaller ones are shown as large, so that each fills the screen
const ASK_EVERY_MS = 2000; // what was ended must be gone within five seconds

if (images) {
  const links = [...images.querySelectorAll("a.image")];
  const say = images.dataset;
  const lightbox = new PhotoSwipeLightbox({
    gallery: "#images",
    children: "a.image",
    pswpModule: () => import("./photoswipe/photoswipe.esm.min.js"),
    counter: false, // said below, in words
    allowPanToNext: false, // zoomed in, one finger pans
    loop: false, // no wrap at the ends, never into another exam
    wheelToZoom: true,
    bgOpacity: 1,
    showHideAnimationType: "fade",
    zoomAnimationDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 200,
    paddingFn: () => ({ top: 60, bottom: 88, left: 0, right: 0 }),
    closeTitle: say.close,
    zoomTitle: say.zoom,
    arrowPrevTitle: say.previous,
    arrowNextTitle: say.next,
    errorMsg: say.failed,
    closeOnVerticalDrag: false, // a finger that slips must not close it
    tapAction: "toggle-controls",
    doubleTapAction: "zoom",
  });
  lightbox.addFilter("domItemData", (item) => Object.assign(item, sized(item.width, item.height)));
  lightbox.on("loadComplete", ({ content }) => giveTrueShape(content));
  lightbox.on("contentActivate", ({ content }) => giveTrueShape(content));
  lightbox.on("uiRegister", () => {
    lightbox.pswp.ui.registerElement({
      name: "whose",
      className: "pswp__whose",
      order: 5,
      onInit: (whose) => {
        const name = document.createElement("strong");
        name.textContent = say.patient;
        const exam = document.createElement("span");
        exam.textContent = say.exam;
        whose.append(name, exam);
      },
    });
    lightbox.pswp.ui.registerElement({
      name: "foot",
      className: "pswp__foot",
      appendTo: "root",
      order: 9,
      onInit: (foot, pswp) => {
        const line = document.createElement("span");
        foot.append(line);
        const downloads = document.createElement("span");
        if (say.mayDownload) {
          downloads.append(`${say.download}: `);
          for (const [kind, label] of [["image_png", "PNG"], ["image_jpeg", "JPEG"]]) {
            const link = document.createElement("a");
            link.textContent = label;
            link.dataset.kind = kind;
            link.setAttribute("aria-label", `${say.download} ${label}`);
            link.setAttribute("download", "");
            downloads.append(link);
          }
          foot.append(downloads);
        }
        const show = () => {
          const { instance, frame, series } = links[pswp.currIndex].dataset;
          const number = say.count.replace("{n}", pswp.currIndex + 1).replace("{count}", links.length);
          line.textContent = [number, series, say.warning].filter(Boolean).join(" · ");
          for (const link of downloads.querySelectorAll("a")) {
            link.href = `${say.one}${link.dataset.kind}?instance=${instance}&frame=${frame}`;
          }
        };
        pswp.on("change", show);
        show();
      },
    });
  });
  lightbox.init();
}

function sized(width, height) {
  const scale = LONGEST_SIDE / Math.max(width, height, 1);
  const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
  return { w, h, width: w, height: h };
}

// Pixels that are not square are made so by the server: the picture's own shape counts.
function giveTrueShape(content) {
  const picture = content.element;
  if (!(picture instanceof HTMLImageElement) || !picture.naturalWidth) return;
  const { width, height } = sized(picture.naturalWidth, picture.naturalHeight);
  if (Math.abs(content.width - width) < 2 && Math.abs(content.height - height) < 2) return;
  Object.assign(content.data, { w: width, h: height });
  for (const place of [content, content.slide]) if (place) Object.assign(place, { width, height });
  content.slide?.resize();
}

async function ask() {
  try {
    const answer = await fetch(visit.dataset.ask, { cache: "no-store", redirect: "error" });
    const isOver = answer.status === 403 || answer.status === 404;
    if (isOver || (answer.ok && (await answer.json()).state !== visit.dataset.state)) {
      // Gone from the screen at once, whatever the next page takes to come.
      document.querySelector(".pswp")?.remove();
      document.body.hidden = true;
      location.reload();
      return;
    }
  } catch {
    // No connection: asked again below.
  }
  setTimeout(ask, ASK_EVERY_MS);
}

setTimeout(ask, ASK_EVERY_MS);
// A browser that kept the page brings it back as it was: it must be asked for anew.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
