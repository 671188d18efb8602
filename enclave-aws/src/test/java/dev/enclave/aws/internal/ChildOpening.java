package dev.enclave.aws.internal;

import dev.enclave.EnvironmentType;
import dev.enclave.aws.internal.calls.AwsSession;
import dev.enclave.spi.BackendFailure;
import dev.enclave.testkit.FakeEnvironment;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kms.KmsClient;

/**
 * A process of its own that opens a session and lists keys, so that its real variables and system
 * properties are the test's to choose.
 *
 * <p>Arguments: the environment type, then settings as {@code setting:name=value} and variables of
 * the fake machine as {@code NAME=value}. With the single argument {@code bare} it does what a
 * program does that leaves everything to the SDK.
 */
final class ChildOpening {

  private ChildOpening() {}

  public static void main(String[] arguments) {
    if (arguments[0].equals("bare")) {
      bare();
      return;
    }
    Openings openings = Openings.in(EnvironmentType.valueOf(arguments[0]));
    List<String> variables = new ArrayList<>();
    for (String argument : List.of(arguments).subList(1, arguments.length)) {
      if (argument.startsWith("setting:")) {
        String[] setting = argument.substring("setting:".length()).split("=", 2);
        openings.with(setting[0], setting[1]);
      } else {
        variables.add(argument);
      }
    }
    openings.on(FakeEnvironment.empty().withVariables(variables.toArray(String[]::new)));
    try (AwsSession session = openings.open()) {
      session.kms().listKeys();
      System.out.println("OPENED " + session + " hsm=" + session.reportsHsm());
    } catch (BackendFailure e) {
      System.out.println(e.failureClass() + " " + e.code() + " " + e.getMessage());
    }
  }

  private static void bare() {
    try (KmsClient kms = KmsClient.create()) {
      kms.listKeys();
      System.out.println("LISTED");
    } catch (SdkException e) {
      System.out.println("FAILED " + e);
    }
  }
}
