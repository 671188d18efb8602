package dev.enclave.benchmarks.measure;

import dev.enclave.benchmarks.rival.Contender;
import dev.enclave.benchmarks.setting.Scheme;
import dev.enclave.benchmarks.setting.Trail;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;

/** One thing that JMH measures; a value, by which its figures are found again. */
public sealed interface Case {

  String title();

  /** What its figures count. */
  String unit();

  /** Adds which benchmark with which parameters. */
  void choose(ChainedOptionsBuilder options);

  /** What a contender does. */
  enum Operation {
    SIGN("sign", "sign"),
    VERIFY("verify", "verify"),
    RECOVER("sign + recovery id", "signWithRecoveryId");

    private final String title;
    private final String method;

    Operation(String title, String method) {
      this.title = title;
      this.method = method;
    }
  }

  /**
   * What all contenders of a row have in common.
   *
   * @param threads how many do it at once
   */
  record Row(Scheme scheme, Operation operation, int threads) {

    public String title() {
      String what = scheme.title() + " " + operation.title;
      return threads == 1 ? what : what + ", " + threads + " threads";
    }

    public Signature of(Contender contender) {
      return new Signature(this, contender);
    }
  }

  /** A contender at a row's work. Operations a second. */
  record Signature(Row row, Contender contender) implements Case {

    @Override
    public String title() {
      return row.title() + ", " + contender.title();
    }

    @Override
    public String unit() {
      return "a second";
    }

    @Override
    public void choose(ChainedOptionsBuilder options) {
      options
          .include(benchmark(SignatureBenchmark.class, row.operation().method))
          .param("contender", contender.name())
          .param("scheme", row.scheme().name())
          .threads(row.threads());
    }
  }

  /** Enclave without a signature's own time. Nanoseconds an operation. */
  record OwnCost(Scheme scheme, Trail trail) implements Case {

    @Override
    public String title() {
      return "own cost, " + scheme.title() + ", audit " + trail.title();
    }

    @Override
    public String unit() {
      return "ns";
    }

    @Override
    public void choose(ChainedOptionsBuilder options) {
      options
          .include(benchmark(OwnCostBenchmark.class, "sign"))
          .param("scheme", scheme.name())
          .param("trail", trail.name())
          .threads(1);
    }
  }

  private static String benchmark(Class<?> type, String method) {
    return "^" + type.getName().replace(".", "\\.") + "\\." + method + "$";
  }
}
