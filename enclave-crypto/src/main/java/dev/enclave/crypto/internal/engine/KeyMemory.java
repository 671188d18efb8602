package dev.enclave.crypto.internal.engine;

import dev.enclave.crypto.internal.memory.SecretMemory;

/** Where an engine has a private key between its uses. */
public enum KeyMemory {

  /** In the native library, with its encoding in {@link SecretMemory}; never on the Java heap. */
  NATIVE {
    @Override
    public String describe(SecretMemory memory) {
      return "native library; encoding in " + memory.describe();
    }
  },

  /** The same, but for leftovers of loading the key, up to the next garbage collections. */
  NATIVE_ONCE_LOADED {
    @Override
    public String describe(SecretMemory memory) {
      return NATIVE.describe(memory) + "; while being loaded on the Java heap";
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
      return memory.describe() + "; while in use on the Java heap";
    }
  };

  /** What a diagnosis says of it. */
  public abstract String describe(SecretMemory memory);
}
