package dev.enclave.aws.internal;

import dev.enclave.aws.internal.calls.KmsOperation;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;

/** Every request that is sent to KMS. */
public final class Operations {

  private Operations() {}

  public static List<KmsOperation<?, ?>> all() {
    List<KmsOperation<?, ?>> all = new ArrayList<>();
    for (Field field : KmsOperation.class.getFields()) {
      try {
        all.add((KmsOperation<?, ?>) field.get(null));
      } catch (IllegalAccessException e) {
        throw new AssertionError(e);
      }
    }
    return all;
  }
}
