package dev.enclave.cli.migrate;

import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.Quoted;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where the result for each of several inputs is written. */
final class Outputs {

  private Outputs() {}

  /**
   * A directory that is there takes a file for each input, named as the input's is; one input alone
   * may have a file.
   *
   * @param option what names the output
   * @return the outputs by input, in the order of the inputs
   */
  static Map<String, String> of(Session session, List<String> inputs, String option, String out) {
    Map<String, String> outputs = new LinkedHashMap<>();
    boolean directory = Files.isDirectory(session.files().path(out));
    if (inputs.size() > 1 && !directory) {
      throw Texts.NO_DIRECTORY.as(
          ErrorCode.INVALID_ARGUMENT, option, Quoted.of(out), inputs.size());
    }
    for (String input : inputs) {
      String output = directory ? Path.of(out, fileName(session, input)).toString() : out;
      session.files().requireDistinct(input, output);
      if (outputs.containsValue(output) || outputs.put(input, output) != null) {
        throw Texts.TWO_RESULTS_OF_ONE_NAME.as(ErrorCode.INVALID_ARGUMENT, Quoted.of(output));
      }
    }
    return outputs;
  }

  private static String fileName(Session session, String input) {
    Path name = session.files().path(input).getFileName();
    return name == null ? input : name.toString();
  }
}
