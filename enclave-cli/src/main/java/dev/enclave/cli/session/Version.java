package dev.enclave.cli.session;

import picocli.CommandLine.IVersionProvider;

/** The version, as the jar's manifest states it. */
public final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    String version = Version.class.getPackage().getImplementationVersion();
    return new String[] {"enclave " + (version == null ? "(development build)" : version)};
  }
}
