package dev.enclave.vault.campaign;

import dev.enclave.campaign.OutageOfReadsCampaign;
import org.junit.jupiter.api.Tag;

@Tag("full")
class OutageOfReadsTest extends OutageOfReadsCampaign {

  OutageOfReadsTest() {
    super(new VaultUnderTest());
  }
}
