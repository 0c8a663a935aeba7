// Sets the colour scheme before anything is painted. It is a file of its own,
// since the page's policy runs no inline script.
(function () {
  var scheme = "auto";
  try {
    scheme = localStorage.getItem("mantine-color-scheme-value") || scheme;
  } catch {
    // a frame without storage: as the system has it
  }
  if (scheme === "auto") scheme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  document.documentElement.setAttribute("data-mantine-color-scheme", scheme);
})();
