/** What users of memo write in their sources. Nothing here does anything by itself. */
module dev.memo.annotation {
  exports dev.memo.annotation;
}
