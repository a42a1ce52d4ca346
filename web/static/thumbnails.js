// A long series' thumbnails: each is there to be pressed, its picture comes only while it is near the screen.

const NEAR = "300px"; // above and below what is seen

const watcher = new IntersectionObserver(
  (seen) => {
    for (const { target, isIntersecting } of seen) {
      if (isIntersecting && !target.firstChild) target.append(pictureOf(target));
      else if (!isIntersecting && target.firstChild) target.firstChild.remove(); // what is far off takes no memory
    }
  },
  { rootMargin: NEAR },
);

function pictureOf(link) {
  const picture = new Image(128, 128);
  picture.src = link.dataset.thumbnail;
  picture.alt = link.dataset.alt;
  return picture;
}

// Puts a grid with the given images in the place of the button that asked for them, and the focus on the first.
export function showThumbnails(button, items) {
  const grid = document.createElement("div");
  grid.className = "grid";
  for (const item of items) {
    const link = document.createElement("a");
    link.className = "image";
    link.href = item.src;
    Object.assign(link.dataset, { instance: item.instance, frame: item.frame, thumbnail: item.msrc, alt: item.alt });
    link.setAttribute("aria-label", item.alt);
    watcher.observe(link);
    grid.append(link);
  }
  button.parentElement.replaceWith(grid);
  grid.firstElementChild.focus({ preventScroll: true });
}
