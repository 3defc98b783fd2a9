/* What scrolls sideways can be reached with the keyboard. */
addEventListener("load", () => {
  for (const block of document.querySelectorAll("pre, .output, .math, .table-wrapper"))
    if (block.scrollWidth > block.clientWidth) block.tabIndex = 0;
});
