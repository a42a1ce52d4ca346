// What stands around an image in the viewer: whose it is, which one, light and contrast, play, download.

import { Light } from "./light.js";
import { tellNotes } from "./notes.js";

const LIGHTS = ["darker", "brighter", "stronger", "weaker", "reset"];

export function furnish(pswp, say) {
  pswp.ui.registerElement({
    name: "whose",
    className: "pswp__whose",
    order: 5,
    onInit: (whose) => whose.append(made("strong", say.patient), made("span", say.exam)),
  });
  pswp.ui.registerElement({
    name: "foot",
    className: "pswp__foot",
    appendTo: "root",
    order: 9,
    onInit: (foot) => furnishFoot(foot, pswp, say),
  });
}

function furnishFoot(foot, pswp, say) {
  const line = made("span");
  const notes = made("div");
  notes.className = "notes";
  notes.setAttribute("role", "status");
  const tools = made("div");
  tools.className = "tools";
  foot.append(line, notes, lights(tools, pswp, say), tools);
  const film = player(tools, pswp, say);
  const links = say.mayDownload ? downloads(tools, say) : [];
  tellNotes(pswp, say, (said) => {
    const number = say.count.replace("{n}", pswp.currIndex + 1).replace("{count}", pswp.getNumItems());
    line.textContent = [number, shown(pswp).title, said.warning].filter(Boolean).join(" · ");
    const odd = said.notes.join(" ");
    if (notes.textContent !== odd) notes.textContent = odd;
  });
  const show = () => {
    const { instance, frame } = shown(pswp);
    for (const link of links) link.href = `${say.base}/download/${link.dataset.kind}?instance=${instance}&frame=${frame}`;
    film();
  };
  pswp.on("change", show);
  show();
}

// Also before the viewer has made its first slide.
function shown(pswp) {
  return pswp.options.dataSource[pswp.currIndex];
}

function lights(tools, pswp, say) {
  const light = new Light();
  const group = made("div");
  group.className = "lights";
  group.id = "lights";
  group.hidden = true;
  for (const what of LIGHTS) {
    group.append(button(say[what], () => {
      light.change(what);
      light.shineOn(pswp.element);
    }));
  }
  const opener = button(say.light, () => {
    group.hidden = !group.hidden;
    opener.setAttribute("aria-expanded", String(!group.hidden));
  });
  opener.setAttribute("aria-expanded", "false");
  opener.setAttribute("aria-controls", group.id);
  tools.append(opener);
  return group;
}

// Plays the frames of one instance as a film in the image's own place; gives back what to do when another is shown.
function player(tools, pswp, say) {
  let playing = null;
  const stop = () => {
    if (playing) Object.assign(playing.element, playing.still);
    playing = null;
    toggle.textContent = say.play;
  };
  const toggle = button(say.play, () => {
    if (playing) {
      stop();
      return;
    }
    const { element, data } = pswp.currSlide.content;
    if (!(element instanceof HTMLImageElement)) return;
    playing = { element, still: { srcset: data.srcset, src: data.src } };
    Object.assign(element, { srcset: "", src: `${say.base}/film/${data.instance}` });
    toggle.textContent = say.stop;
  });
  tools.append(toggle);
  if (pswp.options.playsAtOnce) pswp.on("openingAnimationEnd", () => toggle.click());
  return () => {
    if (playing) stop();
    toggle.hidden = shown(pswp).frames < 2;
  };
}

function downloads(tools, say) {
  const group = made("span", `${say.download}: `);
  const links = [["image_png", "PNG"], ["image_jpeg", "JPEG"]].map(([kind, label]) => {
    const link = made("a", label);
    link.dataset.kind = kind;
    link.setAttribute("aria-label", `${say.download} ${label}`);
    link.setAttribute("download", "");
    return link;
  });
  group.append(...links);
  tools.append(group);
  return links;
}

function made(tag, words = "") {
  const element = document.createElement(tag);
  element.textContent = words;
  return element;
}

function button(words, press) {
  const element = made("button", words);
  element.type = "button";
  element.addEventListener("click", press);
  return element;
}
