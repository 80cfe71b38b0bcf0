// Fetches what is new, and leaves open what is open and in view what is in view.
const place = document.getElementById("messages");

function fit(frame) {
  frame.style.height = `${frame.contentDocument.documentElement.scrollHeight + 2}px`;
}

function watch() {
  for (const frame of place.querySelectorAll("iframe")) {
    frame.addEventListener("load", () => fit(frame));
    frame.closest("details").addEventListener("toggle", () => fit(frame));
  }
}

function show(html) {
  const open = [...place.querySelectorAll("details[id][open]")].map((each) => each.id);
  const scrolled = [...place.querySelectorAll(".posts")].map((each) => [each.id, each.scrollTop]);
  place.innerHTML = html;
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  for (const [id, top] of scrolled) {
    const posts = document.getElementById(id);
    if (posts) posts.scrollTop = top;
  }
  watch();
}

async function look() {
  try {
    const version = document.getElementById("inbox").dataset.version;
    const answer = await fetch(`/messages?after=${version}`);
    document.body.classList.remove("ended");
    if (answer.status === 200) show(await answer.text());
  } catch {
    document.body.classList.add("ended"); // the demo is over; what was said stays to be read
  }
  setTimeout(look, 1500);
}

watch();
look();
