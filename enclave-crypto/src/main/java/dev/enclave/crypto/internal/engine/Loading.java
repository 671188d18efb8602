package dev.enclave.crypto.internal.engine;

import dev.enclave.crypto.internal.texts.Texts;

/** What came of loading an accelerator. */
public sealed interface Loading {

  /** It is there; the self-check has yet to see it work. */
  record Ready(AlgorithmEngine engine) implements Loading {}

  /** It is not on the class path, which is nobody's mistake. */
  record Absent() implements Loading {}

  /** It is there and not used, and why: goes on after "Corretto not used: ". */
  record Refused(String why) implements Loading {

    /** Its native library, which is unpacked into java.io.tmpdir, cannot be loaded from there. */
    public static Refused withoutLibrary() {
      return new Refused(Texts.NO_NATIVE_LIBRARY.with());
    }
  }
}
