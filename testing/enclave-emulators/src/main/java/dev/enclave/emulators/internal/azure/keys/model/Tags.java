package dev.enclave.emulators.internal.azure.keys.model;

import dev.enclave.emulators.internal.azure.common.AzureFailure;
import dev.enclave.emulators.internal.azure.keys.request.Input;
import java.util.Map;
import java.util.Optional;

/**
 * "Key types, algorithms, and operations", Key tags: up to 15 tags, names of up to 512 and values
 * of up to 256 characters.
 */
public final class Tags {

  private static final int MOST = 15;
  private static final int LONGEST_NAME = 512;
  private static final int LONGEST_VALUE = 256;

  private Tags() {}

  public static Optional<Map<String, String>> read(Input request) {
    Optional<Map<String, String>> tags = request.textMap("tags");
    tags.ifPresent(Tags::check);
    return tags;
  }

  private static void check(Map<String, String> tags) {
    if (tags.size() > MOST) {
      throw AzureFailure.badParameter("There are more than " + MOST + " tags.");
    }
    tags.forEach(
        (name, value) -> {
          if (name.length() > LONGEST_NAME || value.length() > LONGEST_VALUE) {
            throw AzureFailure.badParameter(
                "A tag's name is longer than "
                    + LONGEST_NAME
                    + " characters, or its value longer than "
                    + LONGEST_VALUE
                    + ".");
          }
        });
  }
}
