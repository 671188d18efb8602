package dev.enclave.kubernetes.campaign;

import dev.enclave.campaign.NamesCampaign;
import org.junit.jupiter.api.Tag;

/** With a key-encryption key on Azure Key Vault. */
@Tag("needs-kube-apiserver")
class NamesTest extends NamesCampaign {

  NamesTest() {
    super(new KekOnAzure(), "update secrets");
  }

  /** The first one makes the version. */
  @Override
  protected int activatingRequest() {
    return 2;
  }
}
