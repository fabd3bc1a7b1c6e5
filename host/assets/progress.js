// Live progress of a payment: the page asks for itself again and shows the new
// state. Without script, the page's own refresh does the same.
const box = document.querySelector("[data-watch]");
const deadline = Date.now() + 10 * 60 * 1000;

async function look() {
  try {
    const answer = await fetch(box.dataset.watch, { headers: { accept: "text/html" } });
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const next = page.getElementById("progress");
      if (next) {
        box.replaceChildren(...next.childNodes);
        document.title = page.title;
        if (!next.dataset.watch) return;
      }
    }
  } catch {
    // Offline for a moment: the next look may succeed.
  }
  if (Date.now() < deadline) setTimeout(look, 700);
}

setTimeout(look, 400);
