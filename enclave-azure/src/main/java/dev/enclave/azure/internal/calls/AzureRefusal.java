package dev.enclave.azure.internal.calls;

import dev.enclave.kit.http.HttpAnswer.Answered;
import dev.enclave.kit.workload.Answers;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What an answer refuses with ("Common parameters and headers", Standard error response): the codes
 * of the error and of its inner error. The text beside them is not read.
 *
 * @param code empty if the answer has none
 * @param inner empty if the answer has none
 */
record AzureRefusal(String code, String inner) {

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

  static AzureRefusal of(Answered answer) {
    // None where it is not of Key Vault: a gateway's page, say. The status tells enough.
    Map<String, String> fields = Answers.fields(answer.text());
    return new AzureRefusal(plain(fields, "error.code"), plain(fields, "error.innererror.code"));
  }

  private static String plain(Map<String, String> fields, String name) {
    String text = fields.getOrDefault(name, "");
    return PLAIN.matcher(text).matches() ? text : "";
  }

  /** As messages name it. */
  String named(int status) {
    String most = inner.isEmpty() ? code : inner;
    return most.isEmpty() ? "HTTP " + status : most + " (HTTP " + status + ")";
  }
}
