package dev.enclave.os.internal.macos;

import com.sun.jna.Library;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import org.jspecify.annotations.Nullable;

/**
 * What is used of Security.framework. Each answers with an OSStatus. SecItemUpdate is not: a
 * sealing key is made and removed, and never changed.
 */
interface Security extends Library {

  /** {@code result} may be none; else what it is set to is the caller's to release. */
  int SecItemAdd(Pointer attributes, @Nullable PointerByReference result);

  /** What {@code result} is set to is the caller's to release. */
  int SecItemCopyMatching(Pointer query, PointerByReference result);

  int SecItemDelete(Pointer query);
}
