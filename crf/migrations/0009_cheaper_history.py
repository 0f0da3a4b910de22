import django.db.models.deletion
import trial.history
import trial.locking
from django.conf import settings
from django.db import migrations, models

from trial.migration_operations import CreatedTogether


class Migration(migrations.Migration):

    dependencies = [
        ('crf', '0008_kinds_of_lesion'),
        ('trial', '0007_cheaper_history'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [CreatedTogether([
        migrations.RemoveConstraint(
            model_name='administration',
            name='crf_administration_honors_locks',
        ),
        migrations.RemoveConstraint(
            model_name='administration',
            name='crf_administration_keeps_history',
        ),
        migrations.RemoveConstraint(
            model_name='allocationoutside',
            name='allocation_outside_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='allocationoutside',
            name='allocation_outside_follows',
        ),
        migrations.RemoveConstraint(
            model_name='allocationoutside',
            name='allocation_outside_honors_locks',
        ),
        migrations.RemoveConstraint(
            model_name='allocationoutside',
            name='crf_allocationoutside_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='consent',
            name='crf_consent_honors_locks',
        ),
        migrations.RemoveConstraint(
            model_name='consent',
            name='crf_consent_keeps_history',
        ),
        migrations.RemoveConstraint(
            model_name='criterion',
            name='crf_criterion_honors_locks',
        ),
        migrations.RemoveConstraint(
            model_name='criterion',
            name='crf_criterion_keeps_history',
        ),
        migrations.RemoveConstraint(
            model_name='cycle',
            name='crf_cycle_honors_locks',
        ),
        migrations.RemoveConstraint(
            model_name='cycle',
            name='crf_cycle_keeps_history',
        ),
        migrations.RemoveConstraint(
            model_name='demographics',
            name='crf_demographics_honors_locks',
        ),
        migrations.RemoveConstraint(
            model_name='demographics',
            name='crf_demographics_keeps_history',
        ),
        migrations.RemoveConstraint(
            model_name='diseaseextent',
            name='crf_diseaseextent_honors_locks',
        ),
        migrations.RemoveConstraint(
            model_name='diseaseextent',
            name='crf_diseaseextent_keeps_history',
        ),
        migrations.RemoveConstraint(
            model_name='eligibility',
            name='crf_eligibility_honors_locks',
        ),
        migrations.RemoveConstraint(
            model_name='eligibility',
            name='crf_eligibility_keeps_history',
        ),
        migrations.RemoveConstraint(
            model_name='fraction',
            name='crf_fraction_honors_locks',
        ),
        migrations.RemoveConstraint(
            model_name='fraction',
            name='crf_fraction_keeps_history',
        ),
        migrations.RemoveConstraint(
            model_name='historicaladministration',
            name='crf_historicaladministration_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='historicaladministration',
            name='crf_historicaladministration_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='historicalconsent',
            name='crf_historicalconsent_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='historicalconsent',
            name='crf_historicalconsent_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='historicalcriterion',
            name='crf_historicalcriterion_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='historicalcriterion',
            name='crf_historicalcriterion_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='historicalcycle',
            name='crf_historicalcycle_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='historicalcycle',
            name='crf_historicalcycle_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='historicaldemographics',
            name='crf_historicaldemographics_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='historicaldemographics',
            name='crf_historicaldemographics_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='historicaldiseaseextent',
            name='crf_historicaldiseaseextent_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='historicaldiseaseextent',
            name='crf_historicaldiseaseextent_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='historicaleligibility',
            name='crf_historicaleligibility_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='historicaleligibility',
            name='crf_historicaleligibility_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='historicalfraction',
            name='crf_historicalfraction_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='historicalfraction',
            name='crf_historicalfraction_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='historicalinterruption',
            name='crf_historicalinterruption_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='historicalinterruption',
            name='crf_historicalinterruption_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='historicallaboratorypanel',
            name='crf_historicallaboratorypanel_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='historicallaboratorypanel',
            name='crf_historicallaboratorypanel_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='historicallaboratoryresult',
            name='crf_historicallaboratoryresult_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='historicallaboratoryresult',
            name='crf_historicallaboratoryresult_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='historicallesion',
            name='crf_historicallesion_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='historicallesion',
            name='crf_historicallesion_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='historicalnewlesion',
            name='crf_historicalnewlesion_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='historicalnewlesion',
            name='crf_historicalnewlesion_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='historicalnontargetfinding',
            name='crf_historicalnontargetfinding_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='historicalnontargetfinding',
            name='crf_historicalnontargetfinding_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='historicalprimarytumor',
            name='crf_historicalprimarytumor_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='historicalprimarytumor',
            name='crf_historicalprimarytumor_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='historicalradiotherapycourse',
            name='crf_historicalradiotherapycourse_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='historicalradiotherapycourse',
            name='crf_historicalradiotherapycourse_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='historicalrandomization',
            name='crf_historicalrandomization_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='historicalrandomization',
            name='crf_historicalrandomization_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='historicalregimen',
            name='crf_historicalregimen_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='historicalregimen',
            name='crf_historicalregimen_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='historicalresponseassessment',
            name='crf_historicalresponseassessment_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='historicalresponseassessment',
            name='crf_historicalresponseassessment_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='historicalscan',
            name='crf_historicalscan_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='historicalscan',
            name='crf_historicalscan_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='historicaltargetmeasurement',
            name='crf_historicaltargetmeasurement_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='historicaltargetmeasurement',
            name='crf_historicaltargetmeasurement_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='historicaltargetvolume',
            name='crf_historicaltargetvolume_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='historicaltargetvolume',
            name='crf_historicaltargetvolume_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='historicalvitalsigns',
            name='crf_historicalvitalsigns_append_only',
        ),
        migrations.RemoveConstraint(
            model_name='historicalvitalsigns',
            name='crf_historicalvitalsigns_enters_ledger',
        ),
        migrations.RemoveConstraint(
            model_name='interruption',
            name='crf_interruption_honors_locks',
        ),
        migrations.RemoveConstraint(
            model_name='interruption',
            name='crf_interruption_keeps_history',
        ),
        migrations.RemoveConstraint(
            model_name='laboratorypanel',
            name='crf_laboratorypanel_honors_locks',
        ),
        migrations.RemoveConstraint(
            model_name='laboratorypanel',
            name='crf_laboratorypanel_keeps_history',
        ),
        migrations.RemoveConstraint(
            model_name='laboratoryresult',
            name='crf_laboratoryresult_honors_locks',
        ),
        migrations.RemoveConstraint(
            model_name='laboratoryresult',
            name='crf_laboratoryresult_keeps_history',
        ),
        migrations.RemoveConstraint(
            model_name='lesion',
            name='crf_lesion_honors_locks',
        ),
        migrations.RemoveConstraint(
            model_name='lesion',
            name='crf_lesion_keeps_history',
        ),
        migrations.RemoveConstraint(
            model_name='newlesion',
            name='crf_newlesion_honors_locks',
        ),
        migrations.RemoveConstraint(
            model_name='newlesion',
            name='crf_newlesion_keeps_history',
        ),
        migrations.RemoveConstraint(
            model_name='nontargetfinding',
            name='crf_nontargetfinding_honors_locks',
        ),
        migrations.RemoveConstraint(
            model_name='nontargetfinding',
            name='crf_nontargetfinding_keeps_history',
        ),
        migrations.RemoveConstraint(
            model_name='primarytumor',
            name='crf_primarytumor_honors_locks',
        ),
        migrations.RemoveConstraint(
            model_name='primarytumor',
            name='crf_primarytumor_keeps_history',
        ),
        migrations.RemoveConstraint(
            model_name='radiotherapycourse',
            name='crf_radiotherapycourse_honors_locks',
        ),
        migrations.RemoveConstraint(
            model_name='radiotherapycourse',
            name='crf_radiotherapycourse_keeps_history',
        ),
        migrations.RemoveConstraint(
            model_name='randomization',
            name='crf_randomization_honors_locks',
        ),
        migrations.RemoveConstraint(
            model_name='randomization',
            name='crf_randomization_keeps_history',
        ),
        migrations.RemoveConstraint(
            model_name='regimen',
            name='crf_regimen_honors_locks',
        ),
        migrations.RemoveConstraint(
            model_name='regimen',
            name='crf_regimen_keeps_history',
        ),
        migrations.RemoveConstraint(
            model_name='responseassessment',
            name='crf_responseassessment_honors_locks',
        ),
        migrations.RemoveConstraint(
            model_name='responseassessment',
            name='crf_responseassessment_keeps_history',
        ),
        migrations.RemoveConstraint(
            model_name='scan',
            name='crf_scan_honors_locks',
        ),
        migrations.RemoveConstraint(
            model_name='scan',
            name='crf_scan_keeps_history',
        ),
        migrations.RemoveConstraint(
            model_name='targetmeasurement',
            name='crf_targetmeasurement_honors_locks',
        ),
        migrations.RemoveConstraint(
            model_name='targetmeasurement',
            name='crf_targetmeasurement_keeps_history',
        ),
        migrations.RemoveConstraint(
            model_name='targetvolume',
            name='crf_targetvolume_honors_locks',
        ),
        migrations.RemoveConstraint(
            model_name='targetvolume',
            name='crf_targetvolume_keeps_history',
        ),
        migrations.RemoveConstraint(
            model_name='vitalsigns',
            name='crf_vitalsigns_honors_locks',
        ),
        migrations.RemoveConstraint(
            model_name='vitalsigns',
            name='crf_vitalsigns_keeps_history',
        ),
        migrations.AlterField(
            model_name='historicaladministration',
            name='cycle',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='crf.cycle'),
        ),
        migrations.AlterField(
            model_name='historicaladministration',
            name='history_date',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='historicaladministration',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicaladministration',
            name='id',
            field=models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID'),
        ),
        migrations.AlterField(
            model_name='historicaladministration',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalconsent',
            name='form_version',
            field=models.ForeignKey(blank=True, db_comment='SUPPDS.ICFVER', db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='trial.consentversion', verbose_name='Version of the consent form'),
        ),
        migrations.AlterField(
            model_name='historicalconsent',
            name='history_date',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='historicalconsent',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalconsent',
            name='id',
            field=models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID'),
        ),
        migrations.AlterField(
            model_name='historicalconsent',
            name='visit',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='trial.visit'),
        ),
        migrations.AlterField(
            model_name='historicalconsent',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalcriterion',
            name='eligibility',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='crf.eligibility'),
        ),
        migrations.AlterField(
            model_name='historicalcriterion',
            name='history_date',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='historicalcriterion',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalcriterion',
            name='id',
            field=models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID'),
        ),
        migrations.AlterField(
            model_name='historicalcriterion',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalcycle',
            name='history_date',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='historicalcycle',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalcycle',
            name='id',
            field=models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID'),
        ),
        migrations.AlterField(
            model_name='historicalcycle',
            name='visit',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='trial.visit'),
        ),
        migrations.AlterField(
            model_name='historicalcycle',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicaldemographics',
            name='history_date',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='historicaldemographics',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicaldemographics',
            name='id',
            field=models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID'),
        ),
        migrations.AlterField(
            model_name='historicaldemographics',
            name='visit',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='trial.visit'),
        ),
        migrations.AlterField(
            model_name='historicaldemographics',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicaldiseaseextent',
            name='history_date',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='historicaldiseaseextent',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicaldiseaseextent',
            name='id',
            field=models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID'),
        ),
        migrations.AlterField(
            model_name='historicaldiseaseextent',
            name='visit',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='trial.visit'),
        ),
        migrations.AlterField(
            model_name='historicaldiseaseextent',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicaleligibility',
            name='history_date',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='historicaleligibility',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicaleligibility',
            name='id',
            field=models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID'),
        ),
        migrations.AlterField(
            model_name='historicaleligibility',
            name='visit',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='trial.visit'),
        ),
        migrations.AlterField(
            model_name='historicaleligibility',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalfraction',
            name='course',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='crf.radiotherapycourse'),
        ),
        migrations.AlterField(
            model_name='historicalfraction',
            name='history_date',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='historicalfraction',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalfraction',
            name='id',
            field=models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID'),
        ),
        migrations.AlterField(
            model_name='historicalfraction',
            name='volume',
            field=models.ForeignKey(blank=True, db_comment='SUPPPR.RTVID', db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='crf.targetvolume', verbose_name='Volume'),
        ),
        migrations.AlterField(
            model_name='historicalfraction',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalinterruption',
            name='course',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='crf.radiotherapycourse'),
        ),
        migrations.AlterField(
            model_name='historicalinterruption',
            name='history_date',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='historicalinterruption',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalinterruption',
            name='id',
            field=models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID'),
        ),
        migrations.AlterField(
            model_name='historicalinterruption',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicallaboratorypanel',
            name='history_date',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='historicallaboratorypanel',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicallaboratorypanel',
            name='id',
            field=models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID'),
        ),
        migrations.AlterField(
            model_name='historicallaboratorypanel',
            name='visit',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='trial.visit'),
        ),
        migrations.AlterField(
            model_name='historicallaboratorypanel',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicallaboratoryresult',
            name='history_date',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='historicallaboratoryresult',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicallaboratoryresult',
            name='id',
            field=models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID'),
        ),
        migrations.AlterField(
            model_name='historicallaboratoryresult',
            name='panel',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='crf.laboratorypanel'),
        ),
        migrations.AlterField(
            model_name='historicallaboratoryresult',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicallesion',
            name='history_date',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='historicallesion',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicallesion',
            name='id',
            field=models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID'),
        ),
        migrations.AlterField(
            model_name='historicallesion',
            name='visit',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='trial.visit'),
        ),
        migrations.AlterField(
            model_name='historicallesion',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalnewlesion',
            name='assessment',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='crf.responseassessment'),
        ),
        migrations.AlterField(
            model_name='historicalnewlesion',
            name='followed',
            field=models.ForeignKey(blank=True, db_comment='TU.TULNKID', db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='crf.lesion', verbose_name='Followed as lesion (N01 …)'),
        ),
        migrations.AlterField(
            model_name='historicalnewlesion',
            name='history_date',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='historicalnewlesion',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalnewlesion',
            name='id',
            field=models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID'),
        ),
        migrations.AlterField(
            model_name='historicalnewlesion',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalnontargetfinding',
            name='assessment',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='crf.responseassessment'),
        ),
        migrations.AlterField(
            model_name='historicalnontargetfinding',
            name='history_date',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='historicalnontargetfinding',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalnontargetfinding',
            name='id',
            field=models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID'),
        ),
        migrations.AlterField(
            model_name='historicalnontargetfinding',
            name='lesion',
            field=models.ForeignKey(blank=True, db_comment='TR.TRLNKID', db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='crf.lesion', verbose_name='Non-target lesion'),
        ),
        migrations.AlterField(
            model_name='historicalnontargetfinding',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalprimarytumor',
            name='history_date',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='historicalprimarytumor',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalprimarytumor',
            name='id',
            field=models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID'),
        ),
        migrations.AlterField(
            model_name='historicalprimarytumor',
            name='visit',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='trial.visit'),
        ),
        migrations.AlterField(
            model_name='historicalprimarytumor',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalradiotherapycourse',
            name='history_date',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='historicalradiotherapycourse',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalradiotherapycourse',
            name='id',
            field=models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID'),
        ),
        migrations.AlterField(
            model_name='historicalradiotherapycourse',
            name='visit',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='trial.visit'),
        ),
        migrations.AlterField(
            model_name='historicalradiotherapycourse',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalrandomization',
            name='eligibility',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='crf.eligibility'),
        ),
        migrations.AlterField(
            model_name='historicalrandomization',
            name='history_date',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='historicalrandomization',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalrandomization',
            name='id',
            field=models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID'),
        ),
        migrations.AlterField(
            model_name='historicalrandomization',
            name='subject_once',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='trial.subject'),
        ),
        migrations.AlterField(
            model_name='historicalrandomization',
            name='visit',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='trial.visit'),
        ),
        migrations.AlterField(
            model_name='historicalrandomization',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalregimen',
            name='history_date',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='historicalregimen',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalregimen',
            name='id',
            field=models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID'),
        ),
        migrations.AlterField(
            model_name='historicalregimen',
            name='visit',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='trial.visit'),
        ),
        migrations.AlterField(
            model_name='historicalregimen',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalresponseassessment',
            name='history_date',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='historicalresponseassessment',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalresponseassessment',
            name='id',
            field=models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID'),
        ),
        migrations.AlterField(
            model_name='historicalresponseassessment',
            name='visit',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='trial.visit'),
        ),
        migrations.AlterField(
            model_name='historicalresponseassessment',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalscan',
            name='assessment',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='crf.responseassessment'),
        ),
        migrations.AlterField(
            model_name='historicalscan',
            name='history_date',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='historicalscan',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalscan',
            name='id',
            field=models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID'),
        ),
        migrations.AlterField(
            model_name='historicalscan',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicaltargetmeasurement',
            name='assessment',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='crf.responseassessment'),
        ),
        migrations.AlterField(
            model_name='historicaltargetmeasurement',
            name='history_date',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='historicaltargetmeasurement',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicaltargetmeasurement',
            name='id',
            field=models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID'),
        ),
        migrations.AlterField(
            model_name='historicaltargetmeasurement',
            name='lesion',
            field=models.ForeignKey(blank=True, db_comment='TR.TRLNKID', db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='crf.lesion', verbose_name='Target lesion'),
        ),
        migrations.AlterField(
            model_name='historicaltargetmeasurement',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicaltargetvolume',
            name='course',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='crf.radiotherapycourse'),
        ),
        migrations.AlterField(
            model_name='historicaltargetvolume',
            name='history_date',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='historicaltargetvolume',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicaltargetvolume',
            name='id',
            field=models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID'),
        ),
        migrations.AlterField(
            model_name='historicaltargetvolume',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalvitalsigns',
            name='history_date',
            field=models.DateTimeField(),
        ),
        migrations.AlterField(
            model_name='historicalvitalsigns',
            name='history_user',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='historicalvitalsigns',
            name='id',
            field=models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID'),
        ),
        migrations.AlterField(
            model_name='historicalvitalsigns',
            name='visit',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='trial.visit'),
        ),
        migrations.AlterField(
            model_name='historicalvitalsigns',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='administration',
            constraint=trial.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'cycle_id', 'day', 'agent', 'given', 'given_on', 'dose_mg', 'route', 'adjustment', 'adjustment_reason', 'dose_level'], computed=[], digest='ccddf11d', fixed=['cycle_id'], history='crf_historicaladministration', name='crf_administration_keeps_history', part_of=('crf.cycle', 'crf_cycle', 'cycle_id')),
        ),
        migrations.AddConstraint(
            model_name='administration',
            constraint=trial.locking.HonorsLocks(digest='44d7b3b7', name='crf_administration_honors_locks', others=[], visit='(select visit_id from crf_cycle where id = new.cycle_id)'),
        ),
        migrations.AddConstraint(
            model_name='allocationoutside',
            constraint=trial.history.AppendOnly(digest='3b8b1e57', name='allocation_outside_append_only', only_by_trigger=False),
        ),
        migrations.AddConstraint(
            model_name='allocationoutside',
            constraint=trial.locking.Follows(apart=[], digest='3b66b312', key='subject_id', name='allocation_outside_follows', steps=['>ENTERED', 'DECLINED>ENTERED', 'ENTERED>CONFIRMED', 'ENTERED>DECLINED']),
        ),
        migrations.AddConstraint(
            model_name='allocationoutside',
            constraint=trial.locking.HonorsLocks(digest='54527300', name='allocation_outside_honors_locks', others=[], visit='null'),
        ),
        migrations.AddConstraint(
            model_name='allocationoutside',
            constraint=trial.history.EntersLedgerOnInsert(by='new.by_id', digest='2fb626e3', digested=[], form='crf.allocationoutside', name='crf_allocationoutside_enters_ledger', omitted=[], place={'record': 'new.id', 'site': '(select site_id from trial_subject where id = new.subject_id)', 'subject': 'new.subject_id', 'visit': 'null'}, reason='new.reason'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=trial.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'visit_id', 'state', 'type', 'signed_on', 'signed_at_time', 'form_version_id', 'signed_by', 'investigator_signed_on', 'copy_given', 'future_research', 'genetic_research', 'data_sharing', 'reconsent_reason', 'unscheduled', 'declined'], computed=[], digest='1520005f', fixed=['visit_id'], history='crf_historicalconsent', name='crf_consent_keeps_history', part_of=None),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=trial.locking.HonorsLocks(digest='bc952f31', name='crf_consent_honors_locks', others=[], visit='new.visit_id'),
        ),
        migrations.AddConstraint(
            model_name='criterion',
            constraint=trial.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'eligibility_id', 'evidence', 'code', 'automatic', 'explanation', 'investigator', 'comment'], computed=[], digest='6a3dfc58', fixed=['eligibility_id'], history='crf_historicalcriterion', name='crf_criterion_keeps_history', part_of=('crf.eligibility', 'crf_eligibility', 'eligibility_id')),
        ),
        migrations.AddConstraint(
            model_name='criterion',
            constraint=trial.locking.HonorsLocks(digest='101368af', name='crf_criterion_honors_locks', others=[], visit='(select visit_id from crf_eligibility where id = new.eligibility_id)'),
        ),
        migrations.AddConstraint(
            model_name='cycle',
            constraint=trial.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'visit_id', 'state', 'number', 'weight_kg', 'height_cm', 'clearance_ml_min', 'beyond_progression'], computed=[], digest='d8eae888', fixed=['visit_id'], history='crf_historicalcycle', name='crf_cycle_keeps_history', part_of=None),
        ),
        migrations.AddConstraint(
            model_name='cycle',
            constraint=trial.locking.HonorsLocks(digest='bc952f31', name='crf_cycle_honors_locks', others=[], visit='new.visit_id'),
        ),
        migrations.AddConstraint(
            model_name='demographics',
            constraint=trial.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'visit_id', 'state', 'birth_month', 'age_confirmed', 'sex', 'race', 'ethnic', 'childbearing', 'smoking'], computed=[], digest='6dfb01a1', fixed=['visit_id'], history='crf_historicaldemographics', name='crf_demographics_keeps_history', part_of=None),
        ),
        migrations.AddConstraint(
            model_name='demographics',
            constraint=trial.locking.HonorsLocks(digest='bc952f31', name='crf_demographics_honors_locks', others=[], visit='new.visit_id'),
        ),
        migrations.AddConstraint(
            model_name='diseaseextent',
            constraint=trial.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'visit_id', 'state', 'brain_imaged', 'brain_method', 'brain_imaged_on', 'brain_result', 'liver_metastases', 'pericardial', 'pleural', 'abdominopelvic', 'cord_risk', 'radiotherapy_feasible', 'feasibility_on', 'feasibility_by', 'survival_6_months'], computed=[], digest='64fc3c1e', fixed=['visit_id'], history='crf_historicaldiseaseextent', name='crf_diseaseextent_keeps_history', part_of=None),
        ),
        migrations.AddConstraint(
            model_name='diseaseextent',
            constraint=trial.locking.HonorsLocks(digest='bc952f31', name='crf_diseaseextent_honors_locks', others=[], visit='new.visit_id'),
        ),
        migrations.AddConstraint(
            model_name='eligibility',
            constraint=trial.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'visit_id', 'state', 'gate', 'assessed_on', 'result', 'failed', 'evidence_sha256'], computed=[], digest='5b7b559f', fixed=['visit_id'], history='crf_historicaleligibility', name='crf_eligibility_keeps_history', part_of=None),
        ),
        migrations.AddConstraint(
            model_name='eligibility',
            constraint=trial.locking.HonorsLocks(digest='bc952f31', name='crf_eligibility_honors_locks', others=[], visit='new.visit_id'),
        ),
        migrations.AddConstraint(
            model_name='fraction',
            constraint=trial.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'course_id', 'volume_id', 'number', 'given_on', 'delivered', 'dose_gy', 'missed_reason', 'second_of_day'], computed=[], digest='d187bac3', fixed=['course_id'], history='crf_historicalfraction', name='crf_fraction_keeps_history', part_of=('crf.radiotherapycourse', 'crf_radiotherapycourse', 'course_id')),
        ),
        migrations.AddConstraint(
            model_name='fraction',
            constraint=trial.locking.HonorsLocks(digest='76d69ea2', name='crf_fraction_honors_locks', others=[], visit='(select visit_id from crf_radiotherapycourse where id = new.course_id)'),
        ),
        migrations.AddConstraint(
            model_name='historicaladministration',
            constraint=trial.history.AppendOnly(digest='ccdce2f5', name='crf_historicaladministration_append_only', only_by_trigger=True),
        ),
        migrations.AddConstraint(
            model_name='historicaladministration',
            constraint=trial.history.EntersLedger(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'cycle_id', 'day', 'agent', 'given', 'given_on', 'dose_mg', 'route', 'adjustment', 'adjustment_reason', 'dose_level'], digest='d6a35863', form='crf.administration', name='crf_historicaladministration_enters_ledger', record='new.cycle_id', site='(select site_id from trial_subject where id = (select subject_id from trial_visit where id = (select visit_id from crf_cycle where id = new.cycle_id)))', subject='(select subject_id from trial_visit where id = (select visit_id from crf_cycle where id = new.cycle_id))', visit='(select visit_id from crf_cycle where id = new.cycle_id)'),
        ),
        migrations.AddConstraint(
            model_name='historicalconsent',
            constraint=trial.history.AppendOnly(digest='ccdce2f5', name='crf_historicalconsent_append_only', only_by_trigger=True),
        ),
        migrations.AddConstraint(
            model_name='historicalconsent',
            constraint=trial.history.EntersLedger(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'visit_id', 'state', 'type', 'signed_on', 'signed_at_time', 'form_version_id', 'signed_by', 'investigator_signed_on', 'copy_given', 'future_research', 'genetic_research', 'data_sharing', 'reconsent_reason', 'unscheduled', 'declined'], digest='7a9ab1b9', form='crf.consent', name='crf_historicalconsent_enters_ledger', record='new.id', site='(select site_id from trial_subject where id = (select subject_id from trial_visit where id = new.visit_id))', subject='(select subject_id from trial_visit where id = new.visit_id)', visit='new.visit_id'),
        ),
        migrations.AddConstraint(
            model_name='historicalcriterion',
            constraint=trial.history.AppendOnly(digest='ccdce2f5', name='crf_historicalcriterion_append_only', only_by_trigger=True),
        ),
        migrations.AddConstraint(
            model_name='historicalcriterion',
            constraint=trial.history.EntersLedger(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'eligibility_id', 'evidence', 'code', 'automatic', 'explanation', 'investigator', 'comment'], digest='76689053', form='crf.criterion', name='crf_historicalcriterion_enters_ledger', record='new.eligibility_id', site='(select site_id from trial_subject where id = (select subject_id from trial_visit where id = (select visit_id from crf_eligibility where id = new.eligibility_id)))', subject='(select subject_id from trial_visit where id = (select visit_id from crf_eligibility where id = new.eligibility_id))', visit='(select visit_id from crf_eligibility where id = new.eligibility_id)'),
        ),
        migrations.AddConstraint(
            model_name='historicalcycle',
            constraint=trial.history.AppendOnly(digest='ccdce2f5', name='crf_historicalcycle_append_only', only_by_trigger=True),
        ),
        migrations.AddConstraint(
            model_name='historicalcycle',
            constraint=trial.history.EntersLedger(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'visit_id', 'state', 'number', 'weight_kg', 'height_cm', 'clearance_ml_min', 'beyond_progression'], digest='bb7d6d46', form='crf.cycle', name='crf_historicalcycle_enters_ledger', record='new.id', site='(select site_id from trial_subject where id = (select subject_id from trial_visit where id = new.visit_id))', subject='(select subject_id from trial_visit where id = new.visit_id)', visit='new.visit_id'),
        ),
        migrations.AddConstraint(
            model_name='historicaldemographics',
            constraint=trial.history.AppendOnly(digest='ccdce2f5', name='crf_historicaldemographics_append_only', only_by_trigger=True),
        ),
        migrations.AddConstraint(
            model_name='historicaldemographics',
            constraint=trial.history.EntersLedger(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'visit_id', 'state', 'birth_month', 'age_confirmed', 'sex', 'race', 'ethnic', 'childbearing', 'smoking'], digest='cc4a98bb', form='crf.demographics', name='crf_historicaldemographics_enters_ledger', record='new.id', site='(select site_id from trial_subject where id = (select subject_id from trial_visit where id = new.visit_id))', subject='(select subject_id from trial_visit where id = new.visit_id)', visit='new.visit_id'),
        ),
        migrations.AddConstraint(
            model_name='historicaldiseaseextent',
            constraint=trial.history.AppendOnly(digest='ccdce2f5', name='crf_historicaldiseaseextent_append_only', only_by_trigger=True),
        ),
        migrations.AddConstraint(
            model_name='historicaldiseaseextent',
            constraint=trial.history.EntersLedger(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'visit_id', 'state', 'brain_imaged', 'brain_method', 'brain_imaged_on', 'brain_result', 'liver_metastases', 'pericardial', 'pleural', 'abdominopelvic', 'cord_risk', 'radiotherapy_feasible', 'feasibility_on', 'feasibility_by', 'survival_6_months'], digest='fe4ffe7f', form='crf.diseaseextent', name='crf_historicaldiseaseextent_enters_ledger', record='new.id', site='(select site_id from trial_subject where id = (select subject_id from trial_visit where id = new.visit_id))', subject='(select subject_id from trial_visit where id = new.visit_id)', visit='new.visit_id'),
        ),
        migrations.AddConstraint(
            model_name='historicaleligibility',
            constraint=trial.history.AppendOnly(digest='ccdce2f5', name='crf_historicaleligibility_append_only', only_by_trigger=True),
        ),
        migrations.AddConstraint(
            model_name='historicaleligibility',
            constraint=trial.history.EntersLedger(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'visit_id', 'state', 'gate', 'assessed_on', 'result', 'failed', 'evidence_sha256'], digest='31016cae', form='crf.eligibility', name='crf_historicaleligibility_enters_ledger', record='new.id', site='(select site_id from trial_subject where id = (select subject_id from trial_visit where id = new.visit_id))', subject='(select subject_id from trial_visit where id = new.visit_id)', visit='new.visit_id'),
        ),
        migrations.AddConstraint(
            model_name='historicalfraction',
            constraint=trial.history.AppendOnly(digest='ccdce2f5', name='crf_historicalfraction_append_only', only_by_trigger=True),
        ),
        migrations.AddConstraint(
            model_name='historicalfraction',
            constraint=trial.history.EntersLedger(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'course_id', 'volume_id', 'number', 'given_on', 'delivered', 'dose_gy', 'missed_reason', 'second_of_day'], digest='d3d9e95d', form='crf.fraction', name='crf_historicalfraction_enters_ledger', record='new.course_id', site='(select site_id from trial_subject where id = (select subject_id from trial_visit where id = (select visit_id from crf_radiotherapycourse where id = new.course_id)))', subject='(select subject_id from trial_visit where id = (select visit_id from crf_radiotherapycourse where id = new.course_id))', visit='(select visit_id from crf_radiotherapycourse where id = new.course_id)'),
        ),
        migrations.AddConstraint(
            model_name='historicalinterruption',
            constraint=trial.history.AppendOnly(digest='ccdce2f5', name='crf_historicalinterruption_append_only', only_by_trigger=True),
        ),
        migrations.AddConstraint(
            model_name='historicalinterruption',
            constraint=trial.history.EntersLedger(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'course_id', 'from_on', 'to_on', 'reason', 'missed', 'compensated'], digest='dc10be36', form='crf.interruption', name='crf_historicalinterruption_enters_ledger', record='new.course_id', site='(select site_id from trial_subject where id = (select subject_id from trial_visit where id = (select visit_id from crf_radiotherapycourse where id = new.course_id)))', subject='(select subject_id from trial_visit where id = (select visit_id from crf_radiotherapycourse where id = new.course_id))', visit='(select visit_id from crf_radiotherapycourse where id = new.course_id)'),
        ),
        migrations.AddConstraint(
            model_name='historicallaboratorypanel',
            constraint=trial.history.AppendOnly(digest='ccdce2f5', name='crf_historicallaboratorypanel_append_only', only_by_trigger=True),
        ),
        migrations.AddConstraint(
            model_name='historicallaboratorypanel',
            constraint=trial.history.EntersLedger(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'visit_id', 'state', 'performed', 'sampled_on', 'sampled_at_time', 'laboratory', 'specimen', 'fasting', 'standard_of_care'], digest='a1ad5d26', form='crf.laboratorypanel', name='crf_historicallaboratorypanel_enters_ledger', record='new.id', site='(select site_id from trial_subject where id = (select subject_id from trial_visit where id = new.visit_id))', subject='(select subject_id from trial_visit where id = new.visit_id)', visit='new.visit_id'),
        ),
        migrations.AddConstraint(
            model_name='historicallaboratoryresult',
            constraint=trial.history.AppendOnly(digest='ccdce2f5', name='crf_historicallaboratoryresult_append_only', only_by_trigger=True),
        ),
        migrations.AddConstraint(
            model_name='historicallaboratoryresult',
            constraint=trial.history.EntersLedger(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'panel_id', 'test', 'result', 'unit', 'significant'], digest='52d53504', form='crf.laboratoryresult', name='crf_historicallaboratoryresult_enters_ledger', record='new.panel_id', site='(select site_id from trial_subject where id = (select subject_id from trial_visit where id = (select visit_id from crf_laboratorypanel where id = new.panel_id)))', subject='(select subject_id from trial_visit where id = (select visit_id from crf_laboratorypanel where id = new.panel_id))', visit='(select visit_id from crf_laboratorypanel where id = new.panel_id)'),
        ),
        migrations.AddConstraint(
            model_name='historicallesion',
            constraint=trial.history.AppendOnly(digest='ccdce2f5', name='crf_historicallesion_append_only', only_by_trigger=True),
        ),
        migrations.AddConstraint(
            model_name='historicallesion',
            constraint=trial.history.EntersLedger(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'visit_id', 'state', 'code', 'first_seen', 'lesion_class', 'organ', 'organ_detail', 'laterality', 'subregion', 'regional', 'certainty', 'basis', 'kind', 'imaged_on', 'method', 'slice_mm', 'longest_mm', 'short_axis_mm', 'role', 'irradiated_before', 'progressed_since', 'soft_tissue', 'radiotherapy', 'vertebra', 'compression'], digest='3d3b7aa5', form='crf.lesion', name='crf_historicallesion_enters_ledger', record='new.id', site='(select site_id from trial_subject where id = (select subject_id from trial_visit where id = new.visit_id))', subject='(select subject_id from trial_visit where id = new.visit_id)', visit='new.visit_id'),
        ),
        migrations.AddConstraint(
            model_name='historicalnewlesion',
            constraint=trial.history.AppendOnly(digest='ccdce2f5', name='crf_historicalnewlesion_append_only', only_by_trigger=True),
        ),
        migrations.AddConstraint(
            model_name='historicalnewlesion',
            constraint=trial.history.EntersLedger(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'assessment_id', 'lesion_class', 'organ', 'organ_detail', 'laterality', 'certainty', 'size_mm', 'in_field', 'followed_id', 'growth'], digest='5cc986b1', form='crf.newlesion', name='crf_historicalnewlesion_enters_ledger', record='new.assessment_id', site='(select site_id from trial_subject where id = (select subject_id from trial_visit where id = (select visit_id from crf_responseassessment where id = new.assessment_id)))', subject='(select subject_id from trial_visit where id = (select visit_id from crf_responseassessment where id = new.assessment_id))', visit='(select visit_id from crf_responseassessment where id = new.assessment_id)'),
        ),
        migrations.AddConstraint(
            model_name='historicalnontargetfinding',
            constraint=trial.history.AppendOnly(digest='ccdce2f5', name='crf_historicalnontargetfinding_append_only', only_by_trigger=True),
        ),
        migrations.AddConstraint(
            model_name='historicalnontargetfinding',
            constraint=trial.history.EntersLedger(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'assessment_id', 'lesion_id', 'state', 'growth', 'narrative'], digest='26d064ce', form='crf.nontargetfinding', name='crf_historicalnontargetfinding_enters_ledger', record='new.assessment_id', site='(select site_id from trial_subject where id = (select subject_id from trial_visit where id = (select visit_id from crf_responseassessment where id = new.assessment_id)))', subject='(select subject_id from trial_visit where id = (select visit_id from crf_responseassessment where id = new.assessment_id))', visit='(select visit_id from crf_responseassessment where id = new.assessment_id)'),
        ),
        migrations.AddConstraint(
            model_name='historicalprimarytumor',
            constraint=trial.history.AppendOnly(digest='ccdce2f5', name='crf_historicalprimarytumor_append_only', only_by_trigger=True),
        ),
        migrations.AddConstraint(
            model_name='historicalprimarytumor',
            constraint=trial.history.EntersLedger(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'visit_id', 'state', 'location', 'laterality', 'is_index', 'diagnosed_on', 'setting', 'in_situ', 'solitary_kidney', 'histology_confirmed', 'material', 'histology_on', 'histology', 'variants', 'variant_percent', 'grade', 'edition', 'prefix', 't', 'n', 'm', 'oligometastasis', 'metastatic_on'], digest='b43c4fd0', form='crf.primarytumor', name='crf_historicalprimarytumor_enters_ledger', record='new.id', site='(select site_id from trial_subject where id = (select subject_id from trial_visit where id = new.visit_id))', subject='(select subject_id from trial_visit where id = new.visit_id)', visit='new.visit_id'),
        ),
        migrations.AddConstraint(
            model_name='historicalradiotherapycourse',
            constraint=trial.history.AppendOnly(digest='ccdce2f5', name='crf_historicalradiotherapycourse_append_only', only_by_trigger=True),
        ),
        migrations.AddConstraint(
            model_name='historicalradiotherapycourse',
            constraint=trial.history.EntersLedger(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'visit_id', 'state', 'intent', 'simulated_on', 'four_dimensional', 'immobilization', 'modality', 'guidance', 'planned_start_on', 'systemic', 'held_days', 'uniform', 'plan_review', 'status', 'started_on', 'ended_on', 'stop_reason', 'replanned', 'replanned_on', 'replanned_reason'], digest='384eac1e', form='crf.radiotherapycourse', name='crf_historicalradiotherapycourse_enters_ledger', record='new.id', site='(select site_id from trial_subject where id = (select subject_id from trial_visit where id = new.visit_id))', subject='(select subject_id from trial_visit where id = new.visit_id)', visit='new.visit_id'),
        ),
        migrations.AddConstraint(
            model_name='historicalrandomization',
            constraint=trial.history.AppendOnly(digest='ccdce2f5', name='crf_historicalrandomization_append_only', only_by_trigger=True),
        ),
        migrations.AddConstraint(
            model_name='historicalrandomization',
            constraint=trial.history.EntersLedger(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'visit_id', 'state', 'subject_once_id', 'eligibility_id', 'method', 'levels', 'randomized_on', 'number', 'arm', 'sysclass', 'metpat', 'late_reason', 'sysclass_corrected', 'metpat_corrected', 'outside', 'outside_source', 'outside_reason'], digest='7240ff34', form='crf.randomization', name='crf_historicalrandomization_enters_ledger', record='new.id', site='(select site_id from trial_subject where id = (select subject_id from trial_visit where id = new.visit_id))', subject='(select subject_id from trial_visit where id = new.visit_id)', visit='new.visit_id'),
        ),
        migrations.AddConstraint(
            model_name='historicalregimen',
            constraint=trial.history.AppendOnly(digest='ccdce2f5', name='crf_historicalregimen_append_only', only_by_trigger=True),
        ),
        migrations.AddConstraint(
            model_name='historicalregimen',
            constraint=trial.history.EntersLedger(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'visit_id', 'state', 'code', 'regimen_class', 'other_agents', 'cycle_length_days', 'max_cycles', 'preconsent_cycles', 'cisplatin_eligible', 'cisplatin_reasons'], digest='97c57423', form='crf.regimen', name='crf_historicalregimen_enters_ledger', record='new.id', site='(select site_id from trial_subject where id = (select subject_id from trial_visit where id = new.visit_id))', subject='(select subject_id from trial_visit where id = new.visit_id)', visit='new.visit_id'),
        ),
        migrations.AddConstraint(
            model_name='historicalresponseassessment',
            constraint=trial.history.AppendOnly(digest='ccdce2f5', name='crf_historicalresponseassessment_append_only', only_by_trigger=True),
        ),
        migrations.AddConstraint(
            model_name='historicalresponseassessment',
            constraint=trial.history.EntersLedger(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'visit_id', 'state', 'unscheduled_reason', 'evaluator', 'reader', 'investigator_target', 'investigator_non_target', 'investigator_overall', 'investigator_on', 'progression_mode', 'clinically_stable'], digest='ecc6b7a6', form='crf.responseassessment', name='crf_historicalresponseassessment_enters_ledger', record='new.id', site='(select site_id from trial_subject where id = (select subject_id from trial_visit where id = new.visit_id))', subject='(select subject_id from trial_visit where id = new.visit_id)', visit='new.visit_id'),
        ),
        migrations.AddConstraint(
            model_name='historicalscan',
            constraint=trial.history.AppendOnly(digest='ccdce2f5', name='crf_historicalscan_append_only', only_by_trigger=True),
        ),
        migrations.AddConstraint(
            model_name='historicalscan',
            constraint=trial.history.EntersLedger(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'assessment_id', 'method', 'regions', 'scanned_on', 'contrast', 'slice_mm', 'quality'], digest='843155bb', form='crf.scan', name='crf_historicalscan_enters_ledger', record='new.assessment_id', site='(select site_id from trial_subject where id = (select subject_id from trial_visit where id = (select visit_id from crf_responseassessment where id = new.assessment_id)))', subject='(select subject_id from trial_visit where id = (select visit_id from crf_responseassessment where id = new.assessment_id))', visit='(select visit_id from crf_responseassessment where id = new.assessment_id)'),
        ),
        migrations.AddConstraint(
            model_name='historicaltargetmeasurement',
            constraint=trial.history.AppendOnly(digest='ccdce2f5', name='crf_historicaltargetmeasurement_append_only', only_by_trigger=True),
        ),
        migrations.AddConstraint(
            model_name='historicaltargetmeasurement',
            constraint=trial.history.EntersLedger(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'assessment_id', 'lesion_id', 'state', 'size_mm', 'reason', 'local_status'], digest='92874a8f', form='crf.targetmeasurement', name='crf_historicaltargetmeasurement_enters_ledger', record='new.assessment_id', site='(select site_id from trial_subject where id = (select subject_id from trial_visit where id = (select visit_id from crf_responseassessment where id = new.assessment_id)))', subject='(select subject_id from trial_visit where id = (select visit_id from crf_responseassessment where id = new.assessment_id))', visit='(select visit_id from crf_responseassessment where id = new.assessment_id)'),
        ),
        migrations.AddConstraint(
            model_name='historicaltargetvolume',
            constraint=trial.history.AppendOnly(digest='ccdce2f5', name='crf_historicaltargetvolume_append_only', only_by_trigger=True),
        ),
        migrations.AddConstraint(
            model_name='historicaltargetvolume',
            constraint=trial.history.EntersLedger(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'course_id', 'code', 'lesions', 'elective_only', 'location', 'laterality', 'technique', 'stereotactic', 'gtv_cm3', 'ctv_cm3', 'ptv_cm3', 'ctv_margin_mm', 'ptv_margin_mm', 'prescribed_gy', 'prescribed_fractions', 'isodose_percent', 'ptv_d95_gy'], digest='55779fd4', form='crf.targetvolume', name='crf_historicaltargetvolume_enters_ledger', record='new.course_id', site='(select site_id from trial_subject where id = (select subject_id from trial_visit where id = (select visit_id from crf_radiotherapycourse where id = new.course_id)))', subject='(select subject_id from trial_visit where id = (select visit_id from crf_radiotherapycourse where id = new.course_id))', visit='(select visit_id from crf_radiotherapycourse where id = new.course_id)'),
        ),
        migrations.AddConstraint(
            model_name='historicalvitalsigns',
            constraint=trial.history.AppendOnly(digest='ccdce2f5', name='crf_historicalvitalsigns_append_only', only_by_trigger=True),
        ),
        migrations.AddConstraint(
            model_name='historicalvitalsigns',
            constraint=trial.history.EntersLedger(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'visit_id', 'state', 'measured_on', 'weight_kg', 'height_cm', 'systolic', 'diastolic', 'pulse', 'temperature', 'oxygen_saturation', 'ecog', 'ecog_on'], digest='020adafd', form='crf.vitalsigns', name='crf_historicalvitalsigns_enters_ledger', record='new.id', site='(select site_id from trial_subject where id = (select subject_id from trial_visit where id = new.visit_id))', subject='(select subject_id from trial_visit where id = new.visit_id)', visit='new.visit_id'),
        ),
        migrations.AddConstraint(
            model_name='interruption',
            constraint=trial.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'course_id', 'from_on', 'to_on', 'reason', 'missed', 'compensated'], computed=[], digest='c104d995', fixed=['course_id'], history='crf_historicalinterruption', name='crf_interruption_keeps_history', part_of=('crf.radiotherapycourse', 'crf_radiotherapycourse', 'course_id')),
        ),
        migrations.AddConstraint(
            model_name='interruption',
            constraint=trial.locking.HonorsLocks(digest='76d69ea2', name='crf_interruption_honors_locks', others=[], visit='(select visit_id from crf_radiotherapycourse where id = new.course_id)'),
        ),
        migrations.AddConstraint(
            model_name='laboratorypanel',
            constraint=trial.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'visit_id', 'state', 'performed', 'sampled_on', 'sampled_at_time', 'laboratory', 'specimen', 'fasting', 'standard_of_care'], computed=[], digest='f83732dd', fixed=['visit_id'], history='crf_historicallaboratorypanel', name='crf_laboratorypanel_keeps_history', part_of=None),
        ),
        migrations.AddConstraint(
            model_name='laboratorypanel',
            constraint=trial.locking.HonorsLocks(digest='bc952f31', name='crf_laboratorypanel_honors_locks', others=[], visit='new.visit_id'),
        ),
        migrations.AddConstraint(
            model_name='laboratoryresult',
            constraint=trial.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'panel_id', 'test', 'result', 'unit', 'significant'], computed=[], digest='eb255b2b', fixed=['panel_id'], history='crf_historicallaboratoryresult', name='crf_laboratoryresult_keeps_history', part_of=('crf.laboratorypanel', 'crf_laboratorypanel', 'panel_id')),
        ),
        migrations.AddConstraint(
            model_name='laboratoryresult',
            constraint=trial.locking.HonorsLocks(digest='b2d9f3fc', name='crf_laboratoryresult_honors_locks', others=[], visit='(select visit_id from crf_laboratorypanel where id = new.panel_id)'),
        ),
        migrations.AddConstraint(
            model_name='lesion',
            constraint=trial.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'visit_id', 'state', 'code', 'first_seen', 'lesion_class', 'organ', 'organ_detail', 'laterality', 'subregion', 'regional', 'certainty', 'basis', 'kind', 'imaged_on', 'method', 'slice_mm', 'longest_mm', 'short_axis_mm', 'role', 'irradiated_before', 'progressed_since', 'soft_tissue', 'radiotherapy', 'vertebra', 'compression'], computed=[], digest='3ad3dafd', fixed=['visit_id', 'code'], history='crf_historicallesion', name='crf_lesion_keeps_history', part_of=None),
        ),
        migrations.AddConstraint(
            model_name='lesion',
            constraint=trial.locking.HonorsLocks(digest='bc952f31', name='crf_lesion_honors_locks', others=[], visit='new.visit_id'),
        ),
        migrations.AddConstraint(
            model_name='newlesion',
            constraint=trial.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'assessment_id', 'lesion_class', 'organ', 'organ_detail', 'laterality', 'certainty', 'size_mm', 'in_field', 'followed_id', 'growth'], computed=[], digest='39c63bae', fixed=['assessment_id'], history='crf_historicalnewlesion', name='crf_newlesion_keeps_history', part_of=('crf.responseassessment', 'crf_responseassessment', 'assessment_id')),
        ),
        migrations.AddConstraint(
            model_name='newlesion',
            constraint=trial.locking.HonorsLocks(digest='5bbc83d5', name='crf_newlesion_honors_locks', others=[], visit='(select visit_id from crf_responseassessment where id = new.assessment_id)'),
        ),
        migrations.AddConstraint(
            model_name='nontargetfinding',
            constraint=trial.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'assessment_id', 'lesion_id', 'state', 'growth', 'narrative'], computed=[], digest='27067791', fixed=['assessment_id'], history='crf_historicalnontargetfinding', name='crf_nontargetfinding_keeps_history', part_of=('crf.responseassessment', 'crf_responseassessment', 'assessment_id')),
        ),
        migrations.AddConstraint(
            model_name='nontargetfinding',
            constraint=trial.locking.HonorsLocks(digest='5bbc83d5', name='crf_nontargetfinding_honors_locks', others=[], visit='(select visit_id from crf_responseassessment where id = new.assessment_id)'),
        ),
        migrations.AddConstraint(
            model_name='primarytumor',
            constraint=trial.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'visit_id', 'state', 'location', 'laterality', 'is_index', 'diagnosed_on', 'setting', 'in_situ', 'solitary_kidney', 'histology_confirmed', 'material', 'histology_on', 'histology', 'variants', 'variant_percent', 'grade', 'edition', 'prefix', 't', 'n', 'm', 'oligometastasis', 'metastatic_on'], computed=[], digest='d5234dff', fixed=['visit_id'], history='crf_historicalprimarytumor', name='crf_primarytumor_keeps_history', part_of=None),
        ),
        migrations.AddConstraint(
            model_name='primarytumor',
            constraint=trial.locking.HonorsLocks(digest='bc952f31', name='crf_primarytumor_honors_locks', others=[], visit='new.visit_id'),
        ),
        migrations.AddConstraint(
            model_name='radiotherapycourse',
            constraint=trial.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'visit_id', 'state', 'intent', 'simulated_on', 'four_dimensional', 'immobilization', 'modality', 'guidance', 'planned_start_on', 'systemic', 'held_days', 'uniform', 'plan_review', 'status', 'started_on', 'ended_on', 'stop_reason', 'replanned', 'replanned_on', 'replanned_reason'], computed=[], digest='77c39adc', fixed=['visit_id'], history='crf_historicalradiotherapycourse', name='crf_radiotherapycourse_keeps_history', part_of=None),
        ),
        migrations.AddConstraint(
            model_name='radiotherapycourse',
            constraint=trial.locking.HonorsLocks(digest='bc952f31', name='crf_radiotherapycourse_honors_locks', others=[], visit='new.visit_id'),
        ),
        migrations.AddConstraint(
            model_name='randomization',
            constraint=trial.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'visit_id', 'state', 'subject_once_id', 'eligibility_id', 'method', 'levels', 'randomized_on', 'number', 'arm', 'sysclass', 'metpat', 'late_reason', 'sysclass_corrected', 'metpat_corrected', 'outside', 'outside_source', 'outside_reason'], computed=[], digest='4a94fa37', fixed=['visit_id', 'subject_once_id', 'eligibility_id', 'randomized_on', 'number', 'arm', 'sysclass', 'metpat', 'method', 'levels', 'outside', 'outside_source', 'outside_reason'], history='crf_historicalrandomization', name='crf_randomization_keeps_history', part_of=None),
        ),
        migrations.AddConstraint(
            model_name='randomization',
            constraint=trial.locking.HonorsLocks(digest='bc952f31', name='crf_randomization_honors_locks', others=[], visit='new.visit_id'),
        ),
        migrations.AddConstraint(
            model_name='regimen',
            constraint=trial.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'visit_id', 'state', 'code', 'regimen_class', 'other_agents', 'cycle_length_days', 'max_cycles', 'preconsent_cycles', 'cisplatin_eligible', 'cisplatin_reasons'], computed=[], digest='fa72aae6', fixed=['visit_id'], history='crf_historicalregimen', name='crf_regimen_keeps_history', part_of=None),
        ),
        migrations.AddConstraint(
            model_name='regimen',
            constraint=trial.locking.HonorsLocks(digest='bc952f31', name='crf_regimen_honors_locks', others=[], visit='new.visit_id'),
        ),
        migrations.AddConstraint(
            model_name='responseassessment',
            constraint=trial.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'visit_id', 'state', 'unscheduled_reason', 'evaluator', 'reader', 'investigator_target', 'investigator_non_target', 'investigator_overall', 'investigator_on', 'progression_mode', 'clinically_stable'], computed=[], digest='b00c2b88', fixed=['visit_id'], history='crf_historicalresponseassessment', name='crf_responseassessment_keeps_history', part_of=None),
        ),
        migrations.AddConstraint(
            model_name='responseassessment',
            constraint=trial.locking.HonorsLocks(digest='bc952f31', name='crf_responseassessment_honors_locks', others=[], visit='new.visit_id'),
        ),
        migrations.AddConstraint(
            model_name='scan',
            constraint=trial.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'assessment_id', 'method', 'regions', 'scanned_on', 'contrast', 'slice_mm', 'quality'], computed=[], digest='8a18d96b', fixed=['assessment_id'], history='crf_historicalscan', name='crf_scan_keeps_history', part_of=('crf.responseassessment', 'crf_responseassessment', 'assessment_id')),
        ),
        migrations.AddConstraint(
            model_name='scan',
            constraint=trial.locking.HonorsLocks(digest='5bbc83d5', name='crf_scan_honors_locks', others=[], visit='(select visit_id from crf_responseassessment where id = new.assessment_id)'),
        ),
        migrations.AddConstraint(
            model_name='targetmeasurement',
            constraint=trial.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'assessment_id', 'lesion_id', 'state', 'size_mm', 'reason', 'local_status'], computed=[], digest='2873d87e', fixed=['assessment_id'], history='crf_historicaltargetmeasurement', name='crf_targetmeasurement_keeps_history', part_of=('crf.responseassessment', 'crf_responseassessment', 'assessment_id')),
        ),
        migrations.AddConstraint(
            model_name='targetmeasurement',
            constraint=trial.locking.HonorsLocks(digest='5bbc83d5', name='crf_targetmeasurement_honors_locks', others=[], visit='(select visit_id from crf_responseassessment where id = new.assessment_id)'),
        ),
        migrations.AddConstraint(
            model_name='targetvolume',
            constraint=trial.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'course_id', 'code', 'lesions', 'elective_only', 'location', 'laterality', 'technique', 'stereotactic', 'gtv_cm3', 'ctv_cm3', 'ptv_cm3', 'ctv_margin_mm', 'ptv_margin_mm', 'prescribed_gy', 'prescribed_fractions', 'isodose_percent', 'ptv_d95_gy'], computed=[], digest='f488b0bc', fixed=['course_id', 'code'], history='crf_historicaltargetvolume', name='crf_targetvolume_keeps_history', part_of=('crf.radiotherapycourse', 'crf_radiotherapycourse', 'course_id')),
        ),
        migrations.AddConstraint(
            model_name='targetvolume',
            constraint=trial.locking.HonorsLocks(digest='76d69ea2', name='crf_targetvolume_honors_locks', others=[], visit='(select visit_id from crf_radiotherapycourse where id = new.course_id)'),
        ),
        migrations.AddConstraint(
            model_name='vitalsigns',
            constraint=trial.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'visit_id', 'state', 'measured_on', 'weight_kg', 'height_cm', 'systolic', 'diastolic', 'pulse', 'temperature', 'oxygen_saturation', 'ecog', 'ecog_on'], computed=[], digest='28f19716', fixed=['visit_id'], history='crf_historicalvitalsigns', name='crf_vitalsigns_keeps_history', part_of=None),
        ),
        migrations.AddConstraint(
            model_name='vitalsigns',
            constraint=trial.locking.HonorsLocks(digest='bc952f31', name='crf_vitalsigns_honors_locks', others=[], visit='new.visit_id'),
        ),
    ])]
