/* In the place of MathJax, which Voila would fetch from a public server: the course has no formulas to set. */
(function () {
  function nothing() {}
  window.MathJax = { Hub: { Config: nothing, Configured: nothing, Queue: nothing, Register: { StartupHook: nothing } } };
})();
