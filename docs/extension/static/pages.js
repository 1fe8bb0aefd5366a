// What readers without a mouse or a screen need and the theme does not say.
document.addEventListener("DOMContentLoaded", () => {
  const say = (selector, name, value) =>
    document.querySelectorAll(selector).forEach((element) => element.setAttribute(name, value));
  say(".caption[role=heading]", "aria-level", "2");
  say("aside.sidebar-drawer", "aria-label", "Pages");
  say("aside.toc-drawer", "aria-label", "On this page");
  // The place of a picture has its shape before it is loaded, and on a narrow screen, too.
  document.querySelectorAll("article img[style*=height]").forEach((image) => {
    image.style.aspectRatio = `${parseFloat(image.style.width)} / ${parseFloat(image.style.height)}`;
    image.style.height = "auto";
  });
  // Code that is wider than its place is scrolled by keys, too.
  say("article pre", "tabindex", "0");
});
