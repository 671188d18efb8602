package dev.enclave.spi;

import dev.enclave.KeyName;
import java.util.List;

/** A backend that can name its keys. */
public interface KeyLister {

  /** The names of all keys Enclave made here, sorted; foreign keys are left out. */
  List<KeyName> list(CallContext call) throws BackendFailure;
}
