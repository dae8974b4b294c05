// SPDX-License-Identifier: Apache-2.0
// The body map: one stop of the Tab key, arrow keys to the nearest place, Enter or a tap chooses and sets the list. Without this
// script each place is a link that does the same.

const body = document.querySelector("[data-body]");
const list = document.querySelector("#region");

if (body && list) {
  const places = [...body.querySelectorAll("a[data-region]")];
  let current = Math.max(0, places.findIndex((a) => a.querySelector("path").classList.contains("chosen")));

  const middle = (a) => { const box = a.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; };
  const stop = (index) => {
    places[current].tabIndex = -1;
    current = index;
    places[current].tabIndex = 0;
  };
  const choose = (region, side) => {
    list.value = region;
    const radio = document.querySelector(`input[name="side"][value="${side}"]`);
    if (radio) radio.checked = true;
    show();
  };
  const show = () => {
    const side = document.querySelector('input[name="side"]:checked')?.value;
    for (const a of places) {
      const here = a.dataset.region === list.value && (a.dataset.side === side || side === "both" || a.dataset.side === "middle");
      a.querySelector("path").setAttribute("class", here ? "chosen" : "free");
    }
  };
  const toward = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const nearest = ([dx, dy]) => {
    const [x, y] = middle(places[current]);
    let best = current, least = Infinity;
    places.forEach((a, index) => {
      const [ax, ay] = middle(a);
      const along = (ax - x) * dx + (ay - y) * dy, across = Math.abs((ax - x) * dy) + Math.abs((ay - y) * dx);
      if (along > 2 && along + 2 * across < least) { least = along + 2 * across; best = index; }
    });
    return best;
  };

  places.forEach((a, index) => {
    a.tabIndex = index === current ? 0 : -1;
    a.addEventListener("click", (event) => {
      event.preventDefault();
      stop(index);
      choose(a.dataset.region, a.dataset.side);
    });
    a.addEventListener("keydown", (event) => {
      if (event.key === " ") { event.preventDefault(); a.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true })); }
      if (!(event.key in toward)) return;
      event.preventDefault();
      stop(nearest(toward[event.key]));
      places[current].focus();
    });
  });
  list.addEventListener("change", show);
  for (const radio of document.querySelectorAll('input[name="side"]')) radio.addEventListener("change", show);
}
