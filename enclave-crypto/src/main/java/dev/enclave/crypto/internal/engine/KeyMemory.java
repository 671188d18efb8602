package dev.enclave.crypto.internal.engine;

import dev.enclave.crypto.internal.memory.SecretMemory;
import dev.enclave.crypto.internal.texts.Texts;

/** Where an engine has a private key between its uses. */
public enum KeyMemory {

  /** In the native library, with its encoding in {@link SecretMemory}; never on the Java heap. */
  NATIVE {
    @Override
    public String describe(SecretMemory memory) {
      return Texts.IN_NATIVE_LIBRARY.with(memory.describe());
    }
  },

  /** The same, but for leftovers of loading the key, up to the next garbage collections. */
  NATIVE_ONCE_LOADED {
    @Override
    public String describe(SecretMemory memory) {
      return Texts.ON_HEAP_WHILE_LOADED.with(NATIVE.describe(memory));
    }
  },

  /** In {@link SecretMemory}, opened for each use into an array that is overwritten. */
  OFF_HEAP {
    @Override
    public String describe(SecretMemory memory) {
      return memory.describe();
    }
  },

  /** In {@link SecretMemory}, opened for each use into objects that nobody can overwrite. */
  HEAP_IN_USE {
    @Override
    public String describe(SecretMemory memory) {
      return Texts.ON_HEAP_WHILE_USED.with(memory.describe());
    }
  };

  /** What a diagnosis says of it. */
  public abstract String describe(SecretMemory memory);
}
