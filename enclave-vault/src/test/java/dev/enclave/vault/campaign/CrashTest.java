package dev.enclave.vault.campaign;

import dev.enclave.campaign.CrashCampaign;

class CrashTest extends CrashCampaign {

  CrashTest() {
    super(new VaultUnderTest());
  }
}
