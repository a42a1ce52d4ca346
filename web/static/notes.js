// What is odd about the image that is shown, as the server says it: asked for once the image itself is there.

export function tellNotes(pswp, say, tell) {
  const known = new Map(); // of an image, what is said
  let asked = "";

  const show = () => {
    const { content } = pswp.currSlide ?? {};
    const { instance, frame } = pswp.options.dataSource[pswp.currIndex];
    const image = `${instance}/${frame}`;
    tell(known.get(image) ?? { warning: say.warning, notes: [] });
    const isThere = content?.data.instance === instance && content.data.frame === frame && content.state === "loaded";
    if (!isThere || known.has(image) || asked === image) return;
    asked = image;
    // As the picture was asked for: then the server need not draw another one to know.
    const side = new URL(content.element.currentSrc).searchParams.get("side") ?? 512; // a film plays in its place
    fetch(`${say.base}/notes/${image}?side=${side}`, { cache: "no-store", headers: { Accept: "image/webp, application/json" } })
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
      .then((said) => known.set(image, said))
      .then(show, () => { asked = ""; }); // asked again when the image is shown again
  };
  pswp.on("change", show);
  pswp.on("loadComplete", show);
  show();
}
