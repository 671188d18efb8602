package dev.enclave.azure.campaign;

import dev.enclave.campaign.CrashCampaign;

class CrashTest extends CrashCampaign {

  CrashTest() {
    super(new AzureUnderTest());
  }
}
