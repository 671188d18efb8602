package dev.enclave.cli.session;

import dev.enclave.cli.text.Texts;
import picocli.CommandLine.IVersionProvider;

/** The version, as the jar's manifest states it. */
public final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    String version = Version.class.getPackage().getImplementationVersion();
    return new String[] {
      Texts.VERSION_OF_ENCLAVE.with(version == null ? Texts.DEVELOPMENT_BUILD.with() : version)
    };
  }
}
