import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import simple_history.models
import trial.audit.history
import trial.audit.ledger_triggers
import trial.audit.locking
import trial.audit.migration_operations
import trial.audit.once
import trial.audit.triggers
import trial.fields.identifiers
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '__first__'),
        ('crf', '0001_initial'),
        ('trial', '0002_what_use_found'),
    ]

    operations = [
        trial.audit.migration_operations.CreatedTogether(
            operations=[migrations.CreateModel(
                name='HistoricalRegimenAgent',
                fields=[
                    ('id', models.BigIntegerField(auto_created=True, blank=True, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1, editable=False)),
                    ('missing', models.JSONField(blank=True, default=dict, verbose_name='reasons for missing values')),
                    ('withdrawn_at', models.DateTimeField(editable=False, null=True)),
                    ('agent', models.CharField(blank=True, choices=[('GEMCITABINE', 'Gemcitabine'), ('CISPLATIN', 'Cisplatin'), ('CARBOPLATIN', 'Carboplatin'), ('DOCETAXEL', 'Docetaxel'), ('PACLITAXEL', 'Paclitaxel'), ('NAB_PACLITAXEL', 'Nab paclitaxel'), ('DISITAMAB_VEDOTIN', 'Disitamab vedotin'), ('ENFORTUMAB_VEDOTIN', 'Enfortumab vedotin'), ('SACITUZUMAB_GOVITECAN', 'Sacituzumab govitecan'), ('ERDAFITINIB', 'Erdafitinib'), ('TORIPALIMAB', 'Toripalimab'), ('PEMBROLIZUMAB', 'Pembrolizumab'), ('TISLELIZUMAB', 'Tislelizumab'), ('NIVOLUMAB', 'Nivolumab'), ('AVELUMAB', 'Avelumab'), ('SINTILIMAB', 'Sintilimab'), ('CAMRELIZUMAB', 'Camrelizumab'), ('DURVALUMAB', 'Durvalumab'), ('OTHER', 'Other')], db_comment='EC.ECTRT', default='', max_length=40, verbose_name='Agent')),
                    ('name', models.CharField(blank=True, db_comment='SUPPEC.ECTRTOTH', default='', max_length=80, validators=[trial.fields.identifiers.without_identifiers], verbose_name='Name, where it is not listed')),
                    ('dose', models.DecimalField(blank=True, db_comment='SUPPEC.ECDOSPLL', decimal_places=2, max_digits=7, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0.01'), '“Dose” must lie between 0.01 and 10000.'), django.core.validators.MaxValueValidator(Decimal('10000'), '“Dose” must lie between 0.01 and 10000.')], verbose_name='Dose')),
                    ('basis', models.CharField(blank=True, choices=[('mg/m2', 'mg/m²'), ('mg/kg', 'mg/kg'), ('mg', 'mg'), ('AUC', 'AUC')], db_comment='SUPPEC.ECDOSBAS', default='', max_length=40, verbose_name='Dose in')),
                    ('days', models.CharField(blank=True, db_comment='SUPPEC.REGDAYS', default='', max_length=80, validators=[trial.fields.identifiers.without_identifiers], verbose_name='Days of the cycle, as 1, 8')),
                    ('history_id', models.BigAutoField(editable=False, primary_key=True, serialize=False)),
                    ('history_date', models.DateTimeField()),
                    ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                    ('history_change_reason', models.TextField(null=True)),
                    ('history_user', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('regimen', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='crf.regimen')),
                    ('withdrawn_by', models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'historical agent of an unlisted regimen',
                    'verbose_name_plural': 'historical agents of an unlisted regimen',
                    'ordering': ('-history_date', '-history_id'),
                    'get_latest_by': ('history_date', 'history_id'),
                    'constraints': [models.UniqueConstraint(fields=('id', 'version'), name='crf_historicalregimenagent_one_of_a_version'), trial.audit.triggers.AppendOnly(digest='7357fe68', name='crf_historicalregimenagent_append_only', only_by_trigger=True), trial.audit.ledger_triggers.EntersLedger(digest='20ee1d72', form='crf.regimenagent', name='crf_historicalregimenagent_enters_ledger', record='new.regimen_id', site='(select site_id from trial_subject where id = (select subject_id from trial_visit where id = (select visit_id from crf_regimen where id = new.regimen_id)))', subject='(select subject_id from trial_visit where id = (select visit_id from crf_regimen where id = new.regimen_id))', visit='(select visit_id from crf_regimen where id = new.regimen_id)')],
                },
                bases=(simple_history.models.HistoricalChanges, models.Model),
            ), migrations.CreateModel(
                name='RegimenAgent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveIntegerField(default=1, editable=False)),
                    ('missing', models.JSONField(blank=True, default=dict, verbose_name='reasons for missing values')),
                    ('withdrawn_at', models.DateTimeField(editable=False, null=True)),
                    ('agent', models.CharField(blank=True, choices=[('GEMCITABINE', 'Gemcitabine'), ('CISPLATIN', 'Cisplatin'), ('CARBOPLATIN', 'Carboplatin'), ('DOCETAXEL', 'Docetaxel'), ('PACLITAXEL', 'Paclitaxel'), ('NAB_PACLITAXEL', 'Nab paclitaxel'), ('DISITAMAB_VEDOTIN', 'Disitamab vedotin'), ('ENFORTUMAB_VEDOTIN', 'Enfortumab vedotin'), ('SACITUZUMAB_GOVITECAN', 'Sacituzumab govitecan'), ('ERDAFITINIB', 'Erdafitinib'), ('TORIPALIMAB', 'Toripalimab'), ('PEMBROLIZUMAB', 'Pembrolizumab'), ('TISLELIZUMAB', 'Tislelizumab'), ('NIVOLUMAB', 'Nivolumab'), ('AVELUMAB', 'Avelumab'), ('SINTILIMAB', 'Sintilimab'), ('CAMRELIZUMAB', 'Camrelizumab'), ('DURVALUMAB', 'Durvalumab'), ('OTHER', 'Other')], db_comment='EC.ECTRT', default='', max_length=40, verbose_name='Agent')),
                    ('name', models.CharField(blank=True, db_comment='SUPPEC.ECTRTOTH', default='', max_length=80, validators=[trial.fields.identifiers.without_identifiers], verbose_name='Name, where it is not listed')),
                    ('dose', models.DecimalField(blank=True, db_comment='SUPPEC.ECDOSPLL', decimal_places=2, max_digits=7, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0.01'), '“Dose” must lie between 0.01 and 10000.'), django.core.validators.MaxValueValidator(Decimal('10000'), '“Dose” must lie between 0.01 and 10000.')], verbose_name='Dose')),
                    ('basis', models.CharField(blank=True, choices=[('mg/m2', 'mg/m²'), ('mg/kg', 'mg/kg'), ('mg', 'mg'), ('AUC', 'AUC')], db_comment='SUPPEC.ECDOSBAS', default='', max_length=40, verbose_name='Dose in')),
                    ('days', models.CharField(blank=True, db_comment='SUPPEC.REGDAYS', default='', max_length=80, validators=[trial.fields.identifiers.without_identifiers], verbose_name='Days of the cycle, as 1, 8')),
                    ('regimen', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agents', to='crf.regimen')),
                    ('withdrawn_by', models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'agent of an unlisted regimen',
                    'verbose_name_plural': 'agents of an unlisted regimen',
                    'abstract': False,
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True)), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), _connector='OR'), name='crf_regimenagent_withdrawn_at_and_by'), trial.audit.once.OnceAmongRows(condition=models.Q(('withdrawn_at', None), models.Q(('agent', ''), _negated=True)), fields=('regimen', 'agent', 'name'), name='agent_once_in_a_regimen', violation_error_message='This agent is entered twice for the same regimen.'), trial.audit.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'regimen_id', 'agent', 'name', 'dose', 'basis', 'days'], computed=[], digest='e1d61615', fixed=['regimen_id'], history='crf_historicalregimenagent', name='crf_regimenagent_keeps_history', part_of=('crf.regimen', 'crf_regimen', 'regimen_id')), trial.audit.locking.HonorsLocks(digest='41fba8da', entered=[], name='crf_regimenagent_honors_locks', visit='(select visit_id from crf_regimen where id = new.regimen_id)'), models.CheckConstraint(condition=models.Q(('agent__in', ['GEMCITABINE', 'CISPLATIN', 'CARBOPLATIN', 'DOCETAXEL', 'PACLITAXEL', 'NAB_PACLITAXEL', 'DISITAMAB_VEDOTIN', 'ENFORTUMAB_VEDOTIN', 'SACITUZUMAB_GOVITECAN', 'ERDAFITINIB', 'TORIPALIMAB', 'PEMBROLIZUMAB', 'TISLELIZUMAB', 'NIVOLUMAB', 'AVELUMAB', 'SINTILIMAB', 'CAMRELIZUMAB', 'DURVALUMAB', 'OTHER', ''])), name='crf_regimenagent_agent_codes', violation_error_code='not_a_code', violation_error_message='“Agent” must be one of the codes of its list.'), models.CheckConstraint(condition=models.Q(('dose__range', (Decimal('0.01'), Decimal('10000'))), ('dose', None), _connector='OR'), name='crf_regimenagent_dose_limits', violation_error_code='out_of_limits', violation_error_message='“Dose” must lie between 0.01 and 10000.'), models.CheckConstraint(condition=models.Q(('basis__in', ['mg/m2', 'mg/kg', 'mg', 'AUC', ''])), name='crf_regimenagent_basis_codes', violation_error_code='not_a_code', violation_error_message='“Dose in” must be one of the codes of its list.')],
                },
            ), migrations.RemoveConstraint(
                model_name='administration',
                name='agent_once_a_day',
            ), migrations.RemoveConstraint(
                model_name='administration',
                name='crf_administration_keeps_history',
            ), migrations.RemoveConstraint(
                model_name='administration',
                name='crf_administration_agent_codes',
            ), migrations.RemoveConstraint(
                model_name='administration',
                name='crf_administration_dose_level_codes',
            ), migrations.RemoveConstraint(
                model_name='laboratoryresult',
                name='unit_belongs_to_test',
            ), migrations.RemoveConstraint(
                model_name='laboratoryresult',
                name='crf_laboratoryresult_test_codes',
            ), migrations.RemoveConstraint(
                model_name='laboratoryresult',
                name='crf_laboratoryresult_unit_codes',
            ), migrations.RemoveConstraint(
                model_name='nontargetfinding',
                name='crf_nontargetfinding_keeps_history',
            ), migrations.RemoveConstraint(
                model_name='radiotherapycourse',
                name='crf_radiotherapycourse_keeps_history',
            ), migrations.RemoveConstraint(
                model_name='regimen',
                name='crf_regimen_keeps_history',
            ), migrations.RemoveConstraint(
                model_name='regimen',
                name='crf_regimen_code_codes',
            ), migrations.RemoveConstraint(
                model_name='targetmeasurement',
                name='no_size_of_what_is_not_measured',
            ), migrations.RemoveConstraint(
                model_name='targetmeasurement',
                name='target_assessed_once',
            ), migrations.RemoveConstraint(
                model_name='targetmeasurement',
                name='crf_targetmeasurement_keeps_history',
            ), migrations.RemoveConstraint(
                model_name='targetmeasurement',
                name='crf_targetmeasurement_state_codes',
            ), migrations.RemoveConstraint(
                model_name='targetvolume',
                name='crf_targetvolume_keeps_history',
            ), migrations.RemoveConstraint(
                model_name='targetvolume',
                name='crf_targetvolume_location_codes',
            ), migrations.AddField(
                model_name='administration',
                name='agent_name',
                field=models.CharField(blank=True, db_comment='SUPPEC.ECTRTOTH', default='', max_length=80, validators=[trial.fields.identifiers.without_identifiers], verbose_name='Name, where it is not listed'),
            ), migrations.AddField(
                model_name='administration',
                name='days_taken',
                field=models.SmallIntegerField(blank=True, db_comment='SUPPEC.ECDAYS', help_text='days', null=True, validators=[django.core.validators.MinValueValidator(0, '“By mouth: days taken, the dose a day” must lie between 0 and 42 days.'), django.core.validators.MaxValueValidator(42, '“By mouth: days taken, the dose a day” must lie between 0 and 42 days.')], verbose_name='By mouth: days taken, the dose a day'),
            ), migrations.AddField(
                model_name='historicaladministration',
                name='agent_name',
                field=models.CharField(blank=True, db_comment='SUPPEC.ECTRTOTH', default='', max_length=80, validators=[trial.fields.identifiers.without_identifiers], verbose_name='Name, where it is not listed'),
            ), migrations.AddField(
                model_name='historicaladministration',
                name='days_taken',
                field=models.SmallIntegerField(blank=True, db_comment='SUPPEC.ECDAYS', help_text='days', null=True, validators=[django.core.validators.MinValueValidator(0, '“By mouth: days taken, the dose a day” must lie between 0 and 42 days.'), django.core.validators.MaxValueValidator(42, '“By mouth: days taken, the dose a day” must lie between 0 and 42 days.')], verbose_name='By mouth: days taken, the dose a day'),
            ), migrations.AddField(
                model_name='historicalnontargetfinding',
                name='local_status',
                field=models.CharField(blank=True, choices=[('CONTROLLED', 'Controlled'), ('INFIELD_PD', 'Progression in field'), ('MARGINAL_PD', 'Progression at the margin'), ('INDETERMINATE_POST_RT', 'Indeterminate after radiotherapy')], db_comment='SUPPTR.LOCSTAT', default='', max_length=40, verbose_name='If irradiated: local status'),
            ), migrations.AddField(
                model_name='historicalradiotherapycourse',
                name='decided_on',
                field=models.DateField(blank=True, db_comment='SUPPPR.RTRSNDT', null=True, verbose_name='Date of the decision to stop or not to start'),
            ), migrations.AddField(
                model_name='historicalradiotherapycourse',
                name='study',
                field=models.CharField(blank=True, choices=[('Y', 'Yes'), ('N', 'No')], db_comment='SUPPPR.RTSTUDY', default='', max_length=40, verbose_name='Radiotherapy of the study (no: outside the protocol)'),
            ), migrations.AddField(
                model_name='historicalregimen',
                name='antibody',
                field=models.CharField(blank=True, choices=[('TISLE_200', 'Tislelizumab 200 mg'), ('TORI_240', 'Toripalimab 240 mg'), ('NIVO_360', 'Nivolumab 360 mg'), ('AVEL_800', 'Avelumab 800 mg'), ('AVEL_10_KG', 'Avelumab 10 mg/kg')], db_comment='SUPPEC.ICIOPT', default='', max_length=40, verbose_name='Antibody, dose'),
            ), migrations.AddField(
                model_name='historicalregimen',
                name='from_on',
                field=models.DateField(blank=True, db_comment='SUPPEC.REGSTDTC', null=True, verbose_name='In force from'),
            ), migrations.AddField(
                model_name='historicalregimen',
                name='other_approved',
                field=models.CharField(blank=True, choices=[('Y', 'Yes'), ('N', 'No')], db_comment='SUPPEC.REGAPPR', default='', max_length=40, verbose_name='Other regimen: approved by the investigator'),
            ), migrations.AddField(
                model_name='historicalregimen',
                name='platinum',
                field=models.CharField(blank=True, choices=[('CIS_70_D1', 'Cisplatin 70 mg/m², day 1'), ('CIS_35_D1_D8', 'Cisplatin 35 mg/m², days 1 and 8'), ('CIS_35_D1_D2', 'Cisplatin 35 mg/m², days 1 and 2'), ('CARBO_AUC_5', 'Carboplatin AUC 5, day 1'), ('CARBO_AUC_4_5', 'Carboplatin AUC 4.5, day 1')], db_comment='SUPPEC.PLATOPT', default='', max_length=40, verbose_name='Platinum, dose and days'),
            ), migrations.AddField(
                model_name='historicalregimen',
                name='role',
                field=models.CharField(blank=True, choices=[('INDUCTION', 'Induction'), ('SWITCH', 'Switch of agents, for toxicity, renal function or another reason'), ('MAINTENANCE', 'Maintenance, planned after induction')], db_comment='SUPPEC.REGROLE', default='', max_length=40, verbose_name='Role'),
            ), migrations.AddField(
                model_name='historicalregimen',
                name='switch_reason',
                field=models.CharField(blank=True, choices=[('AE', 'Adverse event'), ('RENAL', 'Renal function'), ('PATIENT', "Patient's wish"), ('INVESTIGATOR', "Investigator's decision"), ('OTHER', 'Other')], db_comment='SUPPEC.REGSWRSN', default='', max_length=40, verbose_name='Reason of the switch'),
            ), migrations.AddField(
                model_name='historicaltargetmeasurement',
                name='merged_with',
                field=models.ForeignKey(blank=True, db_comment='TU.TUMERGE', db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='crf.lesion', verbose_name='If it has merged: measured with'),
            ), migrations.AddField(
                model_name='historicaltargetmeasurement',
                name='piece',
                field=models.CharField(blank=True, choices=[('a', 'A'), ('b', 'B'), ('c', 'C'), ('d', 'D'), ('e', 'E'), ('f', 'F')], db_comment='TU.TUSPLIT', default='', max_length=40, verbose_name='If it has split: piece'),
            ), migrations.AddField(
                model_name='historicaltargetvolume',
                name='decided_on',
                field=models.DateField(blank=True, db_comment='SUPPPR.RTVRSNDT', null=True, verbose_name='Date of that decision'),
            ), migrations.AddField(
                model_name='historicaltargetvolume',
                name='lowest_vertebra',
                field=models.CharField(blank=True, choices=[('C1', 'C1'), ('C2', 'C2'), ('C3', 'C3'), ('C4', 'C4'), ('C5', 'C5'), ('C6', 'C6'), ('C7', 'C7'), ('T1', 'T1'), ('T2', 'T2'), ('T3', 'T3'), ('T4', 'T4'), ('T5', 'T5'), ('T6', 'T6'), ('T7', 'T7'), ('T8', 'T8'), ('T9', 'T9'), ('T10', 'T10'), ('T11', 'T11'), ('T12', 'T12'), ('L1', 'L1'), ('L2', 'L2'), ('L3', 'L3'), ('L4', 'L4'), ('L5', 'L5'), ('SACRUM', 'Sacrum')], db_comment='SUPPPR.PRVERTLO', default='', max_length=40, verbose_name='Of several vertebrae: the lowest'),
            ), migrations.AddField(
                model_name='historicaltargetvolume',
                name='stop_reason',
                field=models.CharField(blank=True, choices=[('407563006', 'Toxicity'), ('105480006', 'Refused by the patient'), ('PD', 'Progression'), ('419620001', 'Death'), ('309846006', 'Logistics'), ('PHYSICIAN', "Physician's decision"), ('OTHER', 'Other')], db_comment='SUPPPR.RTVRSN', default='', max_length=40, verbose_name='Reason why this volume was stopped or not started'),
            ), migrations.AddField(
                model_name='historicaltargetvolume',
                name='vertebra',
                field=models.CharField(blank=True, choices=[('C1', 'C1'), ('C2', 'C2'), ('C3', 'C3'), ('C4', 'C4'), ('C5', 'C5'), ('C6', 'C6'), ('C7', 'C7'), ('T1', 'T1'), ('T2', 'T2'), ('T3', 'T3'), ('T4', 'T4'), ('T5', 'T5'), ('T6', 'T6'), ('T7', 'T7'), ('T8', 'T8'), ('T9', 'T9'), ('T10', 'T10'), ('T11', 'T11'), ('T12', 'T12'), ('L1', 'L1'), ('L2', 'L2'), ('L3', 'L3'), ('L4', 'L4'), ('L5', 'L5'), ('SACRUM', 'Sacrum')], db_comment='SUPPPR.PRVERTEB', default='', max_length=40, verbose_name='Vertebra (of several: the highest)'),
            ), migrations.AddField(
                model_name='nontargetfinding',
                name='local_status',
                field=models.CharField(blank=True, choices=[('CONTROLLED', 'Controlled'), ('INFIELD_PD', 'Progression in field'), ('MARGINAL_PD', 'Progression at the margin'), ('INDETERMINATE_POST_RT', 'Indeterminate after radiotherapy')], db_comment='SUPPTR.LOCSTAT', default='', max_length=40, verbose_name='If irradiated: local status'),
            ), migrations.AddField(
                model_name='radiotherapycourse',
                name='decided_on',
                field=models.DateField(blank=True, db_comment='SUPPPR.RTRSNDT', null=True, verbose_name='Date of the decision to stop or not to start'),
            ), migrations.AddField(
                model_name='radiotherapycourse',
                name='study',
                field=models.CharField(blank=True, choices=[('Y', 'Yes'), ('N', 'No')], db_comment='SUPPPR.RTSTUDY', default='', max_length=40, verbose_name='Radiotherapy of the study (no: outside the protocol)'),
            ), migrations.AddField(
                model_name='regimen',
                name='antibody',
                field=models.CharField(blank=True, choices=[('TISLE_200', 'Tislelizumab 200 mg'), ('TORI_240', 'Toripalimab 240 mg'), ('NIVO_360', 'Nivolumab 360 mg'), ('AVEL_800', 'Avelumab 800 mg'), ('AVEL_10_KG', 'Avelumab 10 mg/kg')], db_comment='SUPPEC.ICIOPT', default='', max_length=40, verbose_name='Antibody, dose'),
            ), migrations.AddField(
                model_name='regimen',
                name='from_on',
                field=models.DateField(blank=True, db_comment='SUPPEC.REGSTDTC', null=True, verbose_name='In force from'),
            ), migrations.AddField(
                model_name='regimen',
                name='other_approved',
                field=models.CharField(blank=True, choices=[('Y', 'Yes'), ('N', 'No')], db_comment='SUPPEC.REGAPPR', default='', max_length=40, verbose_name='Other regimen: approved by the investigator'),
            ), migrations.AddField(
                model_name='regimen',
                name='platinum',
                field=models.CharField(blank=True, choices=[('CIS_70_D1', 'Cisplatin 70 mg/m², day 1'), ('CIS_35_D1_D8', 'Cisplatin 35 mg/m², days 1 and 8'), ('CIS_35_D1_D2', 'Cisplatin 35 mg/m², days 1 and 2'), ('CARBO_AUC_5', 'Carboplatin AUC 5, day 1'), ('CARBO_AUC_4_5', 'Carboplatin AUC 4.5, day 1')], db_comment='SUPPEC.PLATOPT', default='', max_length=40, verbose_name='Platinum, dose and days'),
            ), migrations.AddField(
                model_name='regimen',
                name='role',
                field=models.CharField(blank=True, choices=[('INDUCTION', 'Induction'), ('SWITCH', 'Switch of agents, for toxicity, renal function or another reason'), ('MAINTENANCE', 'Maintenance, planned after induction')], db_comment='SUPPEC.REGROLE', default='', max_length=40, verbose_name='Role'),
            ), migrations.AddField(
                model_name='regimen',
                name='switch_reason',
                field=models.CharField(blank=True, choices=[('AE', 'Adverse event'), ('RENAL', 'Renal function'), ('PATIENT', "Patient's wish"), ('INVESTIGATOR', "Investigator's decision"), ('OTHER', 'Other')], db_comment='SUPPEC.REGSWRSN', default='', max_length=40, verbose_name='Reason of the switch'),
            ), migrations.AddField(
                model_name='targetmeasurement',
                name='merged_with',
                field=models.ForeignKey(blank=True, db_comment='TU.TUMERGE', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crf.lesion', verbose_name='If it has merged: measured with'),
            ), migrations.AddField(
                model_name='targetmeasurement',
                name='piece',
                field=models.CharField(blank=True, choices=[('a', 'A'), ('b', 'B'), ('c', 'C'), ('d', 'D'), ('e', 'E'), ('f', 'F')], db_comment='TU.TUSPLIT', default='', max_length=40, verbose_name='If it has split: piece'),
            ), migrations.AddField(
                model_name='targetvolume',
                name='decided_on',
                field=models.DateField(blank=True, db_comment='SUPPPR.RTVRSNDT', null=True, verbose_name='Date of that decision'),
            ), migrations.AddField(
                model_name='targetvolume',
                name='lowest_vertebra',
                field=models.CharField(blank=True, choices=[('C1', 'C1'), ('C2', 'C2'), ('C3', 'C3'), ('C4', 'C4'), ('C5', 'C5'), ('C6', 'C6'), ('C7', 'C7'), ('T1', 'T1'), ('T2', 'T2'), ('T3', 'T3'), ('T4', 'T4'), ('T5', 'T5'), ('T6', 'T6'), ('T7', 'T7'), ('T8', 'T8'), ('T9', 'T9'), ('T10', 'T10'), ('T11', 'T11'), ('T12', 'T12'), ('L1', 'L1'), ('L2', 'L2'), ('L3', 'L3'), ('L4', 'L4'), ('L5', 'L5'), ('SACRUM', 'Sacrum')], db_comment='SUPPPR.PRVERTLO', default='', max_length=40, verbose_name='Of several vertebrae: the lowest'),
            ), migrations.AddField(
                model_name='targetvolume',
                name='stop_reason',
                field=models.CharField(blank=True, choices=[('407563006', 'Toxicity'), ('105480006', 'Refused by the patient'), ('PD', 'Progression'), ('419620001', 'Death'), ('309846006', 'Logistics'), ('PHYSICIAN', "Physician's decision"), ('OTHER', 'Other')], db_comment='SUPPPR.RTVRSN', default='', max_length=40, verbose_name='Reason why this volume was stopped or not started'),
            ), migrations.AddField(
                model_name='targetvolume',
                name='vertebra',
                field=models.CharField(blank=True, choices=[('C1', 'C1'), ('C2', 'C2'), ('C3', 'C3'), ('C4', 'C4'), ('C5', 'C5'), ('C6', 'C6'), ('C7', 'C7'), ('T1', 'T1'), ('T2', 'T2'), ('T3', 'T3'), ('T4', 'T4'), ('T5', 'T5'), ('T6', 'T6'), ('T7', 'T7'), ('T8', 'T8'), ('T9', 'T9'), ('T10', 'T10'), ('T11', 'T11'), ('T12', 'T12'), ('L1', 'L1'), ('L2', 'L2'), ('L3', 'L3'), ('L4', 'L4'), ('L5', 'L5'), ('SACRUM', 'Sacrum')], db_comment='SUPPPR.PRVERTEB', default='', max_length=40, verbose_name='Vertebra (of several: the highest)'),
            ), migrations.AlterField(
                model_name='administration',
                name='agent',
                field=models.CharField(blank=True, choices=[('GEMCITABINE', 'Gemcitabine'), ('CISPLATIN', 'Cisplatin'), ('CARBOPLATIN', 'Carboplatin'), ('DOCETAXEL', 'Docetaxel'), ('PACLITAXEL', 'Paclitaxel'), ('NAB_PACLITAXEL', 'Nab paclitaxel'), ('DISITAMAB_VEDOTIN', 'Disitamab vedotin'), ('ENFORTUMAB_VEDOTIN', 'Enfortumab vedotin'), ('SACITUZUMAB_GOVITECAN', 'Sacituzumab govitecan'), ('ERDAFITINIB', 'Erdafitinib'), ('TORIPALIMAB', 'Toripalimab'), ('PEMBROLIZUMAB', 'Pembrolizumab'), ('TISLELIZUMAB', 'Tislelizumab'), ('NIVOLUMAB', 'Nivolumab'), ('AVELUMAB', 'Avelumab'), ('SINTILIMAB', 'Sintilimab'), ('CAMRELIZUMAB', 'Camrelizumab'), ('DURVALUMAB', 'Durvalumab'), ('OTHER', 'Other')], db_comment='EC.ECTRT', default='', max_length=40, verbose_name='Agent'),
            ), migrations.AlterField(
                model_name='administration',
                name='dose_level',
                field=models.CharField(blank=True, choices=[('0', '0'), ('-1', '−1'), ('-2', '−2'), ('-3', '−3')], db_comment='SUPPEC.ECDLVL', default='', max_length=40, verbose_name='Dose level'),
            ), migrations.AlterField(
                model_name='allocationoutside',
                name='sysclass',
                field=models.CharField(choices=[('ICI_CONTAINING', 'With a checkpoint inhibitor'), ('NO_ICI', 'Without a checkpoint inhibitor')], max_length=20),
            ), migrations.AlterField(
                model_name='fraction',
                name='missed_reason',
                field=models.CharField(blank=True, choices=[('MACHINE', 'Machine'), ('HOLIDAY', 'Holiday'), ('TOXICITY', 'Toxicity'), ('PATIENT', 'Patient'), ('INTERCURRENT', 'Intercurrent illness'), ('OTHER', 'Other')], db_comment='PR.PRREASOC', default='', max_length=40, verbose_name='Why missed'),
            ), migrations.AlterField(
                model_name='historicaladministration',
                name='agent',
                field=models.CharField(blank=True, choices=[('GEMCITABINE', 'Gemcitabine'), ('CISPLATIN', 'Cisplatin'), ('CARBOPLATIN', 'Carboplatin'), ('DOCETAXEL', 'Docetaxel'), ('PACLITAXEL', 'Paclitaxel'), ('NAB_PACLITAXEL', 'Nab paclitaxel'), ('DISITAMAB_VEDOTIN', 'Disitamab vedotin'), ('ENFORTUMAB_VEDOTIN', 'Enfortumab vedotin'), ('SACITUZUMAB_GOVITECAN', 'Sacituzumab govitecan'), ('ERDAFITINIB', 'Erdafitinib'), ('TORIPALIMAB', 'Toripalimab'), ('PEMBROLIZUMAB', 'Pembrolizumab'), ('TISLELIZUMAB', 'Tislelizumab'), ('NIVOLUMAB', 'Nivolumab'), ('AVELUMAB', 'Avelumab'), ('SINTILIMAB', 'Sintilimab'), ('CAMRELIZUMAB', 'Camrelizumab'), ('DURVALUMAB', 'Durvalumab'), ('OTHER', 'Other')], db_comment='EC.ECTRT', default='', max_length=40, verbose_name='Agent'),
            ), migrations.AlterField(
                model_name='historicaladministration',
                name='dose_level',
                field=models.CharField(blank=True, choices=[('0', '0'), ('-1', '−1'), ('-2', '−2'), ('-3', '−3')], db_comment='SUPPEC.ECDLVL', default='', max_length=40, verbose_name='Dose level'),
            ), migrations.AlterField(
                model_name='historicalfraction',
                name='missed_reason',
                field=models.CharField(blank=True, choices=[('MACHINE', 'Machine'), ('HOLIDAY', 'Holiday'), ('TOXICITY', 'Toxicity'), ('PATIENT', 'Patient'), ('INTERCURRENT', 'Intercurrent illness'), ('OTHER', 'Other')], db_comment='PR.PRREASOC', default='', max_length=40, verbose_name='Why missed'),
            ), migrations.AlterField(
                model_name='historicallaboratoryresult',
                name='result',
                field=models.CharField(blank=True, db_comment='LB.LBORRES', default='', max_length=60, validators=[trial.fields.identifiers.without_identifiers], verbose_name='Result'),
            ), migrations.AlterField(
                model_name='historicallaboratoryresult',
                name='test',
                field=models.CharField(blank=True, choices=[('HGB', 'Hemoglobin'), ('WBC', 'Leukocytes'), ('NEUT', 'Neutrophils'), ('LYM', 'Lymphocytes'), ('PLAT', 'Platelets'), ('BILI', 'Total bilirubin'), ('AST', 'Aspartate aminotransferase'), ('ALT', 'Alanine aminotransferase'), ('ALP', 'Alkaline phosphatase'), ('ALB', 'Albumin'), ('LDH', 'Lactate dehydrogenase'), ('CREAT', 'Creatinine'), ('UREA', 'Urea'), ('UREAN', 'Urea nitrogen'), ('CREATCLR', 'Creatinine clearance, urine of 24 hours'), ('SODIUM', 'Sodium'), ('K', 'Potassium'), ('CA', 'Calcium'), ('MG', 'Magnesium'), ('PHOS', 'Phosphate'), ('GLUC', 'Glucose'), ('HBA1C', 'Hemoglobin A1c'), ('INR', 'International normalized ratio'), ('APTT', 'Activated partial thromboplastin time'), ('TSH', 'Thyrotropin'), ('T4FR', 'Free thyroxine'), ('T3FR', 'Free triiodothyronine'), ('CK', 'Creatine kinase'), ('TROPONI', 'Troponin I'), ('TROPONT', 'Troponin T'), ('HBDNA', 'Hepatitis B virus DNA'), ('HBSAG', 'Hepatitis B surface antigen'), ('HCAB', 'Hepatitis C antibody'), ('HIV', 'HIV antibody'), ('HCG', 'Choriogonadotropin'), ('UPROT', 'Protein, urine'), ('URBC', 'Erythrocytes, urine'), ('UCULT', 'Culture, urine')], db_comment='LB.LBTESTCD', default='', max_length=40, verbose_name='Test'),
            ), migrations.AlterField(
                model_name='historicallaboratoryresult',
                name='unit',
                field=models.CharField(blank=True, choices=[('%', '%'), ('/mm3', '/mm³'), ('10^3/uL', '10³/µL'), ('10^9/L', '10⁹/L'), ('IU/mL', 'IU/mL'), ('U/L', 'U/L'), ('g/L', 'g/L'), ('g/dL', 'g/dL'), ('mIU/L', 'mIU/L'), ('mL/min', 'mL/min'), ('mg/dL', 'mg/dL'), ('mmol/L', 'mmol/L'), ('mmol/mol', 'mmol/mol'), ('ng/L', 'ng/L'), ('ng/dL', 'ng/dL'), ('pmol/L', 'pmol/L'), ('ratio', 'ratio'), ('s', 's'), ('ug/L', 'µg/L'), ('ukat/L', 'µkat/L'), ('umol/L', 'µmol/L')], db_comment='LB.LBORRESU', default='', max_length=40, verbose_name='Unit'),
            ), migrations.AlterField(
                model_name='historicallesion',
                name='compression',
                field=models.CharField(blank=True, choices=[('0', '0'), ('1a', '1a'), ('1b', '1b'), ('1c', '1c'), ('2', '2'), ('3', '3'), ('NOT_ASSESSED', 'Not assessed')], db_comment='SUPPTU.ESCC', default='', max_length=40, verbose_name='Spine: ESCC grade'),
            ), migrations.AlterField(
                model_name='historicalprimarytumor',
                name='m',
                field=models.CharField(blank=True, choices=[('M0', 'M0'), ('M1', 'M1'), ('M1a', 'M1a'), ('M1b', 'M1b')], db_comment='SUPPMH.TNMM', default='', max_length=40, verbose_name='M at diagnosis'),
            ), migrations.AlterField(
                model_name='historicalprimarytumor',
                name='n',
                field=models.CharField(blank=True, choices=[('NX', 'NX'), ('N0', 'N0'), ('N1', 'N1'), ('N2', 'N2'), ('N3', 'N3')], db_comment='SUPPMH.TNMN', default='', max_length=40, verbose_name='N at diagnosis'),
            ), migrations.AlterField(
                model_name='historicalprimarytumor',
                name='t',
                field=models.CharField(blank=True, choices=[('TX', 'TX'), ('T0', 'T0'), ('Ta', 'Ta'), ('Tis', 'Tis'), ('T1', 'T1'), ('T2', 'T2'), ('T2a', 'T2a'), ('T2b', 'T2b'), ('T3', 'T3'), ('T3a', 'T3a'), ('T3b', 'T3b'), ('T4', 'T4'), ('T4a', 'T4a'), ('T4b', 'T4b')], db_comment='SUPPMH.TNMT', default='', max_length=40, verbose_name='T at diagnosis'),
            ), migrations.AlterField(
                model_name='historicalrandomization',
                name='sysclass',
                field=models.CharField(blank=True, choices=[('ICI_CONTAINING', 'With a checkpoint inhibitor'), ('NO_ICI', 'Without a checkpoint inhibitor')], db_comment='SUPPDS.STRAT1', default='', max_length=40, verbose_name='Stratum used: systemic therapy'),
            ), migrations.AlterField(
                model_name='historicalrandomization',
                name='sysclass_corrected',
                field=models.CharField(blank=True, choices=[('ICI_CONTAINING', 'With a checkpoint inhibitor'), ('NO_ICI', 'Without a checkpoint inhibitor')], db_comment='SUPPDS.STRAT1C', default='', max_length=40, verbose_name='Found correct later: systemic therapy'),
            ), migrations.AlterField(
                model_name='historicalregimen',
                name='code',
                field=models.CharField(blank=True, choices=[('GC_CIS', 'Gemcitabine, cisplatin'), ('GC_CARBO', 'Gemcitabine, carboplatin'), ('DV_TORI', 'Disitamab vedotin, toripalimab'), ('EV_PEMBRO', 'Enfortumab vedotin, pembrolizumab'), ('TISLE', 'Tislelizumab'), ('TORI_240', 'Toripalimab 240 mg'), ('PEMBRO_200', 'Pembrolizumab 200 mg'), ('GC_ICI', 'Gemcitabine, platinum, PD-1 antibody'), ('DV_MONO', 'Disitamab vedotin'), ('EV_MONO', 'Enfortumab vedotin'), ('DV_TISLE', 'Disitamab vedotin, tislelizumab'), ('NIVO_360', 'Nivolumab 360 mg'), ('NIVO_480', 'Nivolumab 480 mg'), ('AVEL_800', 'Avelumab'), ('SINTI_200', 'Sintilimab 200 mg'), ('CAMRE_200', 'Camrelizumab 200 mg'), ('DURVA_1500', 'Durvalumab 1500 mg'), ('DOCE_75', 'Docetaxel 75 mg/m²'), ('PACLI_175', 'Paclitaxel 175 mg/m²'), ('PACLI_80', 'Paclitaxel 80 mg/m², weekly'), ('NABP_125', 'Nab-paclitaxel 125 mg/m², days 1 and 8'), ('NABP_260', 'Nab-paclitaxel 260 mg/m²'), ('SG', 'Sacituzumab govitecan'), ('ERDA', 'Erdafitinib, by mouth'), ('OTHER', 'Other, approved by the investigator')], db_comment='EC.ECTRT', default='', max_length=40, verbose_name='Regimen'),
            ), migrations.AlterField(
                model_name='historicalregimen',
                name='other_agents',
                field=models.CharField(blank=True, db_comment='SUPPEC.REGOTH', default='', max_length=200, validators=[trial.fields.identifiers.without_identifiers], verbose_name='Other regimen: remarks'),
            ), migrations.AlterField(
                model_name='historicaltargetmeasurement',
                name='state',
                field=models.CharField(blank=True, choices=[('MEASURED', 'Measured'), ('TOO_SMALL', 'Too small to measure'), ('ABSENT', 'Absent'), ('NOT_EVALUABLE', 'Not evaluable'), ('MERGED', 'Merged with another target, measured there')], db_comment='TR.TUMSTATE', default='', max_length=40, verbose_name='State'),
            ), migrations.AlterField(
                model_name='historicaltargetvolume',
                name='lesions',
                field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, db_comment='SUPPPR.RTLES', default=list, size=None, verbose_name='Lesions covered'),
            ), migrations.AlterField(
                model_name='historicaltargetvolume',
                name='location',
                field=models.CharField(blank=True, choices=[('MEDIASTINUM', 'Mediastinum'), ('RETROPERITONEUM', 'Retroperitoneum'), ('PELVIS', 'Pelvis'), ('NECK', 'Neck'), ('AXILLA', 'Axilla'), ('INGUINAL_REGION', 'Groin'), ('CHEST_WALL', 'Chest wall'), ('ABDOMINAL_CAVITY', 'Abdominal cavity'), ('VERTEBRA', 'Vertebra'), ('LIVER', 'Liver'), ('LUNG', 'Lung'), ('ADRENAL_GLAND', 'Adrenal gland'), ('BONE', 'Bone'), ('BRAIN', 'Brain'), ('KIDNEY', 'Kidney'), ('SPLEEN', 'Spleen'), ('PANCREAS', 'Pancreas'), ('PERITONEUM', 'Peritoneum'), ('PLEURA', 'Pleura'), ('MUSCLE', 'Muscle'), ('SKIN_SUBCUTANEOUS', 'Skin, subcutaneous'), ('LYMPH_NODE', 'Lymph node'), ('URINARY_BLADDER', 'Urinary bladder'), ('RENAL_FOSSA', 'Renal fossa'), ('URETERAL_BED', 'Ureteral bed'), ('OTHER', 'Other')], db_comment='PR.PRLOC', default='', max_length=40, verbose_name='Body site'),
            ), migrations.AlterField(
                model_name='laboratoryresult',
                name='result',
                field=models.CharField(blank=True, db_comment='LB.LBORRES', default='', max_length=60, validators=[trial.fields.identifiers.without_identifiers], verbose_name='Result'),
            ), migrations.AlterField(
                model_name='laboratoryresult',
                name='test',
                field=models.CharField(blank=True, choices=[('HGB', 'Hemoglobin'), ('WBC', 'Leukocytes'), ('NEUT', 'Neutrophils'), ('LYM', 'Lymphocytes'), ('PLAT', 'Platelets'), ('BILI', 'Total bilirubin'), ('AST', 'Aspartate aminotransferase'), ('ALT', 'Alanine aminotransferase'), ('ALP', 'Alkaline phosphatase'), ('ALB', 'Albumin'), ('LDH', 'Lactate dehydrogenase'), ('CREAT', 'Creatinine'), ('UREA', 'Urea'), ('UREAN', 'Urea nitrogen'), ('CREATCLR', 'Creatinine clearance, urine of 24 hours'), ('SODIUM', 'Sodium'), ('K', 'Potassium'), ('CA', 'Calcium'), ('MG', 'Magnesium'), ('PHOS', 'Phosphate'), ('GLUC', 'Glucose'), ('HBA1C', 'Hemoglobin A1c'), ('INR', 'International normalized ratio'), ('APTT', 'Activated partial thromboplastin time'), ('TSH', 'Thyrotropin'), ('T4FR', 'Free thyroxine'), ('T3FR', 'Free triiodothyronine'), ('CK', 'Creatine kinase'), ('TROPONI', 'Troponin I'), ('TROPONT', 'Troponin T'), ('HBDNA', 'Hepatitis B virus DNA'), ('HBSAG', 'Hepatitis B surface antigen'), ('HCAB', 'Hepatitis C antibody'), ('HIV', 'HIV antibody'), ('HCG', 'Choriogonadotropin'), ('UPROT', 'Protein, urine'), ('URBC', 'Erythrocytes, urine'), ('UCULT', 'Culture, urine')], db_comment='LB.LBTESTCD', default='', max_length=40, verbose_name='Test'),
            ), migrations.AlterField(
                model_name='laboratoryresult',
                name='unit',
                field=models.CharField(blank=True, choices=[('%', '%'), ('/mm3', '/mm³'), ('10^3/uL', '10³/µL'), ('10^9/L', '10⁹/L'), ('IU/mL', 'IU/mL'), ('U/L', 'U/L'), ('g/L', 'g/L'), ('g/dL', 'g/dL'), ('mIU/L', 'mIU/L'), ('mL/min', 'mL/min'), ('mg/dL', 'mg/dL'), ('mmol/L', 'mmol/L'), ('mmol/mol', 'mmol/mol'), ('ng/L', 'ng/L'), ('ng/dL', 'ng/dL'), ('pmol/L', 'pmol/L'), ('ratio', 'ratio'), ('s', 's'), ('ug/L', 'µg/L'), ('ukat/L', 'µkat/L'), ('umol/L', 'µmol/L')], db_comment='LB.LBORRESU', default='', max_length=40, verbose_name='Unit'),
            ), migrations.AlterField(
                model_name='lesion',
                name='compression',
                field=models.CharField(blank=True, choices=[('0', '0'), ('1a', '1a'), ('1b', '1b'), ('1c', '1c'), ('2', '2'), ('3', '3'), ('NOT_ASSESSED', 'Not assessed')], db_comment='SUPPTU.ESCC', default='', max_length=40, verbose_name='Spine: ESCC grade'),
            ), migrations.AlterField(
                model_name='primarytumor',
                name='m',
                field=models.CharField(blank=True, choices=[('M0', 'M0'), ('M1', 'M1'), ('M1a', 'M1a'), ('M1b', 'M1b')], db_comment='SUPPMH.TNMM', default='', max_length=40, verbose_name='M at diagnosis'),
            ), migrations.AlterField(
                model_name='primarytumor',
                name='n',
                field=models.CharField(blank=True, choices=[('NX', 'NX'), ('N0', 'N0'), ('N1', 'N1'), ('N2', 'N2'), ('N3', 'N3')], db_comment='SUPPMH.TNMN', default='', max_length=40, verbose_name='N at diagnosis'),
            ), migrations.AlterField(
                model_name='primarytumor',
                name='t',
                field=models.CharField(blank=True, choices=[('TX', 'TX'), ('T0', 'T0'), ('Ta', 'Ta'), ('Tis', 'Tis'), ('T1', 'T1'), ('T2', 'T2'), ('T2a', 'T2a'), ('T2b', 'T2b'), ('T3', 'T3'), ('T3a', 'T3a'), ('T3b', 'T3b'), ('T4', 'T4'), ('T4a', 'T4a'), ('T4b', 'T4b')], db_comment='SUPPMH.TNMT', default='', max_length=40, verbose_name='T at diagnosis'),
            ), migrations.AlterField(
                model_name='randomization',
                name='sysclass',
                field=models.CharField(blank=True, choices=[('ICI_CONTAINING', 'With a checkpoint inhibitor'), ('NO_ICI', 'Without a checkpoint inhibitor')], db_comment='SUPPDS.STRAT1', default='', max_length=40, verbose_name='Stratum used: systemic therapy'),
            ), migrations.AlterField(
                model_name='randomization',
                name='sysclass_corrected',
                field=models.CharField(blank=True, choices=[('ICI_CONTAINING', 'With a checkpoint inhibitor'), ('NO_ICI', 'Without a checkpoint inhibitor')], db_comment='SUPPDS.STRAT1C', default='', max_length=40, verbose_name='Found correct later: systemic therapy'),
            ), migrations.AlterField(
                model_name='regimen',
                name='code',
                field=models.CharField(blank=True, choices=[('GC_CIS', 'Gemcitabine, cisplatin'), ('GC_CARBO', 'Gemcitabine, carboplatin'), ('DV_TORI', 'Disitamab vedotin, toripalimab'), ('EV_PEMBRO', 'Enfortumab vedotin, pembrolizumab'), ('TISLE', 'Tislelizumab'), ('TORI_240', 'Toripalimab 240 mg'), ('PEMBRO_200', 'Pembrolizumab 200 mg'), ('GC_ICI', 'Gemcitabine, platinum, PD-1 antibody'), ('DV_MONO', 'Disitamab vedotin'), ('EV_MONO', 'Enfortumab vedotin'), ('DV_TISLE', 'Disitamab vedotin, tislelizumab'), ('NIVO_360', 'Nivolumab 360 mg'), ('NIVO_480', 'Nivolumab 480 mg'), ('AVEL_800', 'Avelumab'), ('SINTI_200', 'Sintilimab 200 mg'), ('CAMRE_200', 'Camrelizumab 200 mg'), ('DURVA_1500', 'Durvalumab 1500 mg'), ('DOCE_75', 'Docetaxel 75 mg/m²'), ('PACLI_175', 'Paclitaxel 175 mg/m²'), ('PACLI_80', 'Paclitaxel 80 mg/m², weekly'), ('NABP_125', 'Nab-paclitaxel 125 mg/m², days 1 and 8'), ('NABP_260', 'Nab-paclitaxel 260 mg/m²'), ('SG', 'Sacituzumab govitecan'), ('ERDA', 'Erdafitinib, by mouth'), ('OTHER', 'Other, approved by the investigator')], db_comment='EC.ECTRT', default='', max_length=40, verbose_name='Regimen'),
            ), migrations.AlterField(
                model_name='regimen',
                name='other_agents',
                field=models.CharField(blank=True, db_comment='SUPPEC.REGOTH', default='', max_length=200, validators=[trial.fields.identifiers.without_identifiers], verbose_name='Other regimen: remarks'),
            ), migrations.AlterField(
                model_name='targetmeasurement',
                name='state',
                field=models.CharField(blank=True, choices=[('MEASURED', 'Measured'), ('TOO_SMALL', 'Too small to measure'), ('ABSENT', 'Absent'), ('NOT_EVALUABLE', 'Not evaluable'), ('MERGED', 'Merged with another target, measured there')], db_comment='TR.TUMSTATE', default='', max_length=40, verbose_name='State'),
            ), migrations.AlterField(
                model_name='targetvolume',
                name='lesions',
                field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, db_comment='SUPPPR.RTLES', default=list, size=None, verbose_name='Lesions covered'),
            ), migrations.AlterField(
                model_name='targetvolume',
                name='location',
                field=models.CharField(blank=True, choices=[('MEDIASTINUM', 'Mediastinum'), ('RETROPERITONEUM', 'Retroperitoneum'), ('PELVIS', 'Pelvis'), ('NECK', 'Neck'), ('AXILLA', 'Axilla'), ('INGUINAL_REGION', 'Groin'), ('CHEST_WALL', 'Chest wall'), ('ABDOMINAL_CAVITY', 'Abdominal cavity'), ('VERTEBRA', 'Vertebra'), ('LIVER', 'Liver'), ('LUNG', 'Lung'), ('ADRENAL_GLAND', 'Adrenal gland'), ('BONE', 'Bone'), ('BRAIN', 'Brain'), ('KIDNEY', 'Kidney'), ('SPLEEN', 'Spleen'), ('PANCREAS', 'Pancreas'), ('PERITONEUM', 'Peritoneum'), ('PLEURA', 'Pleura'), ('MUSCLE', 'Muscle'), ('SKIN_SUBCUTANEOUS', 'Skin, subcutaneous'), ('LYMPH_NODE', 'Lymph node'), ('URINARY_BLADDER', 'Urinary bladder'), ('RENAL_FOSSA', 'Renal fossa'), ('URETERAL_BED', 'Ureteral bed'), ('OTHER', 'Other')], db_comment='PR.PRLOC', default='', max_length=40, verbose_name='Body site'),
            ), migrations.AddConstraint(
                model_name='administration',
                constraint=trial.audit.once.OnceAmongRows(condition=models.Q(('withdrawn_at', None), models.Q(('agent', ''), _negated=True), ('day__isnull', False)), fields=('cycle', 'agent', 'agent_name', 'day'), name='agent_once_a_day', violation_error_message='This agent is entered twice for the same day. Withdraw one of the two rows.'),
            ), migrations.AddConstraint(
                model_name='administration',
                constraint=trial.audit.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'cycle_id', 'day', 'agent', 'agent_name', 'given', 'given_on', 'dose_mg', 'days_taken', 'route', 'adjustment', 'adjustment_reason', 'dose_level'], computed=[], digest='2763eb4f', fixed=['cycle_id'], history='crf_historicaladministration', name='crf_administration_keeps_history', part_of=('crf.cycle', 'crf_cycle', 'cycle_id')),
            ), migrations.AddConstraint(
                model_name='administration',
                constraint=models.CheckConstraint(condition=models.Q(('agent__in', ['GEMCITABINE', 'CISPLATIN', 'CARBOPLATIN', 'DOCETAXEL', 'PACLITAXEL', 'NAB_PACLITAXEL', 'DISITAMAB_VEDOTIN', 'ENFORTUMAB_VEDOTIN', 'SACITUZUMAB_GOVITECAN', 'ERDAFITINIB', 'TORIPALIMAB', 'PEMBROLIZUMAB', 'TISLELIZUMAB', 'NIVOLUMAB', 'AVELUMAB', 'SINTILIMAB', 'CAMRELIZUMAB', 'DURVALUMAB', 'OTHER', ''])), name='crf_administration_agent_codes', violation_error_code='not_a_code', violation_error_message='“Agent” must be one of the codes of its list.'),
            ), migrations.AddConstraint(
                model_name='administration',
                constraint=models.CheckConstraint(condition=models.Q(('days_taken__range', (0, 42)), ('days_taken', None), _connector='OR'), name='crf_administration_days_taken_limits', violation_error_code='out_of_limits', violation_error_message='“By mouth: days taken, the dose a day” must lie between 0 and 42 days.'),
            ), migrations.AddConstraint(
                model_name='administration',
                constraint=models.CheckConstraint(condition=models.Q(('dose_level__in', ['0', '-1', '-2', '-3', ''])), name='crf_administration_dose_level_codes', violation_error_code='not_a_code', violation_error_message='“Dose level” must be one of the codes of its list.'),
            ), migrations.AddConstraint(
                model_name='laboratoryresult',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('test', 'HGB'), ('unit__in', ['g/L', 'g/dL', 'mmol/L'])), models.Q(('test', 'WBC'), ('unit__in', ['10^9/L', '10^3/uL', '/mm3'])), models.Q(('test', 'NEUT'), ('unit__in', ['10^9/L', '10^3/uL', '/mm3'])), models.Q(('test', 'LYM'), ('unit__in', ['10^9/L', '10^3/uL', '/mm3'])), models.Q(('test', 'PLAT'), ('unit__in', ['10^9/L', '10^3/uL', '/mm3'])), models.Q(('test', 'BILI'), ('unit__in', ['umol/L', 'mg/dL'])), models.Q(('test', 'AST'), ('unit__in', ['U/L', 'ukat/L'])), models.Q(('test', 'ALT'), ('unit__in', ['U/L', 'ukat/L'])), models.Q(('test', 'ALP'), ('unit__in', ['U/L', 'ukat/L'])), models.Q(('test', 'ALB'), ('unit__in', ['g/L', 'g/dL'])), models.Q(('test', 'LDH'), ('unit__in', ['U/L', 'ukat/L'])), models.Q(('test', 'CREAT'), ('unit__in', ['umol/L', 'mg/dL'])), models.Q(('test', 'UREA'), ('unit__in', ['mmol/L'])), models.Q(('test', 'UREAN'), ('unit__in', ['mmol/L', 'mg/dL'])), models.Q(('test', 'CREATCLR'), ('unit__in', ['mL/min'])), models.Q(('test', 'SODIUM'), ('unit__in', ['mmol/L'])), models.Q(('test', 'K'), ('unit__in', ['mmol/L'])), models.Q(('test', 'CA'), ('unit__in', ['mmol/L', 'mg/dL'])), models.Q(('test', 'MG'), ('unit__in', ['mmol/L', 'mg/dL'])), models.Q(('test', 'PHOS'), ('unit__in', ['mmol/L'])), models.Q(('test', 'GLUC'), ('unit__in', ['mmol/L', 'mg/dL'])), models.Q(('test', 'HBA1C'), ('unit__in', ['%', 'mmol/mol'])), models.Q(('test', 'INR'), ('unit__in', ['ratio'])), models.Q(('test', 'APTT'), ('unit__in', ['s'])), models.Q(('test', 'TSH'), ('unit__in', ['mIU/L'])), models.Q(('test', 'T4FR'), ('unit__in', ['pmol/L', 'ng/dL'])), models.Q(('test', 'T3FR'), ('unit__in', ['pmol/L'])), models.Q(('test', 'CK'), ('unit__in', ['U/L', 'ukat/L'])), models.Q(('test', 'TROPONI'), ('unit__in', ['ng/L', 'ug/L'])), models.Q(('test', 'TROPONT'), ('unit__in', ['ng/L', 'ug/L'])), models.Q(('test', 'HBDNA'), ('unit__in', ['IU/mL'])), ('unit', ''), _connector='OR'), name='unit_belongs_to_test', violation_error_message='This test is not reported in this unit. Choose another unit.'),
            ), migrations.AddConstraint(
                model_name='laboratoryresult',
                constraint=models.CheckConstraint(condition=models.Q(('test__in', ['HGB', 'WBC', 'NEUT', 'LYM', 'PLAT', 'BILI', 'AST', 'ALT', 'ALP', 'ALB', 'LDH', 'CREAT', 'UREA', 'UREAN', 'CREATCLR', 'SODIUM', 'K', 'CA', 'MG', 'PHOS', 'GLUC', 'HBA1C', 'INR', 'APTT', 'TSH', 'T4FR', 'T3FR', 'CK', 'TROPONI', 'TROPONT', 'HBDNA', 'HBSAG', 'HCAB', 'HIV', 'HCG', 'UPROT', 'URBC', 'UCULT', ''])), name='crf_laboratoryresult_test_codes', violation_error_code='not_a_code', violation_error_message='“Test” must be one of the codes of its list.'),
            ), migrations.AddConstraint(
                model_name='laboratoryresult',
                constraint=models.CheckConstraint(condition=models.Q(('unit__in', ['%', '/mm3', '10^3/uL', '10^9/L', 'IU/mL', 'U/L', 'g/L', 'g/dL', 'mIU/L', 'mL/min', 'mg/dL', 'mmol/L', 'mmol/mol', 'ng/L', 'ng/dL', 'pmol/L', 'ratio', 's', 'ug/L', 'ukat/L', 'umol/L', ''])), name='crf_laboratoryresult_unit_codes', violation_error_code='not_a_code', violation_error_message='“Unit” must be one of the codes of its list.'),
            ), migrations.AddConstraint(
                model_name='nontargetfinding',
                constraint=trial.audit.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'assessment_id', 'lesion_id', 'state', 'growth', 'local_status', 'narrative'], computed=[], digest='12286f22', fixed=['assessment_id'], history='crf_historicalnontargetfinding', name='crf_nontargetfinding_keeps_history', part_of=('crf.responseassessment', 'crf_responseassessment', 'assessment_id')),
            ), migrations.AddConstraint(
                model_name='nontargetfinding',
                constraint=models.CheckConstraint(condition=models.Q(('local_status__in', ['CONTROLLED', 'INFIELD_PD', 'MARGINAL_PD', 'INDETERMINATE_POST_RT', ''])), name='crf_nontargetfinding_local_status_codes', violation_error_code='not_a_code', violation_error_message='“If irradiated: local status” must be one of the codes of its list.'),
            ), migrations.AddConstraint(
                model_name='radiotherapycourse',
                constraint=trial.audit.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'visit_id', 'state', 'study', 'intent', 'status', 'started_on', 'ended_on', 'stop_reason', 'decided_on', 'simulated_on', 'four_dimensional', 'immobilization', 'modality', 'guidance', 'planned_start_on', 'uniform', 'plan_review', 'replanned', 'replanned_on', 'replanned_reason', 'systemic', 'held_days'], computed=[], digest='ace13fd4', fixed=['visit_id'], history='crf_historicalradiotherapycourse', name='crf_radiotherapycourse_keeps_history', part_of=None),
            ), migrations.AddConstraint(
                model_name='radiotherapycourse',
                constraint=models.CheckConstraint(condition=models.Q(('study__in', ['Y', 'N', ''])), name='crf_radiotherapycourse_study_codes', violation_error_code='not_a_code', violation_error_message='“Radiotherapy of the study (no: outside the protocol)” must be one of the codes of its list.'),
            ), migrations.AddConstraint(
                model_name='regimen',
                constraint=trial.audit.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'visit_id', 'state', 'code', 'role', 'from_on', 'switch_reason', 'regimen_class', 'platinum', 'antibody', 'other_agents', 'other_approved', 'cycle_length_days', 'max_cycles', 'preconsent_cycles', 'cisplatin_eligible', 'cisplatin_reasons'], computed=[], digest='155bbec8', fixed=['visit_id'], history='crf_historicalregimen', name='crf_regimen_keeps_history', part_of=None),
            ), migrations.AddConstraint(
                model_name='regimen',
                constraint=models.CheckConstraint(condition=models.Q(('code__in', ['GC_CIS', 'GC_CARBO', 'DV_TORI', 'EV_PEMBRO', 'TISLE', 'TORI_240', 'PEMBRO_200', 'GC_ICI', 'DV_MONO', 'EV_MONO', 'DV_TISLE', 'NIVO_360', 'NIVO_480', 'AVEL_800', 'SINTI_200', 'CAMRE_200', 'DURVA_1500', 'DOCE_75', 'PACLI_175', 'PACLI_80', 'NABP_125', 'NABP_260', 'SG', 'ERDA', 'OTHER', ''])), name='crf_regimen_code_codes', violation_error_code='not_a_code', violation_error_message='“Regimen” must be one of the codes of its list.'),
            ), migrations.AddConstraint(
                model_name='regimen',
                constraint=models.CheckConstraint(condition=models.Q(('role__in', ['INDUCTION', 'SWITCH', 'MAINTENANCE', ''])), name='crf_regimen_role_codes', violation_error_code='not_a_code', violation_error_message='“Role” must be one of the codes of its list.'),
            ), migrations.AddConstraint(
                model_name='regimen',
                constraint=models.CheckConstraint(condition=models.Q(('switch_reason__in', ['AE', 'RENAL', 'PATIENT', 'INVESTIGATOR', 'OTHER', ''])), name='crf_regimen_switch_reason_codes', violation_error_code='not_a_code', violation_error_message='“Reason of the switch” must be one of the codes of its list.'),
            ), migrations.AddConstraint(
                model_name='regimen',
                constraint=models.CheckConstraint(condition=models.Q(('platinum__in', ['CIS_70_D1', 'CIS_35_D1_D8', 'CIS_35_D1_D2', 'CARBO_AUC_5', 'CARBO_AUC_4_5', ''])), name='crf_regimen_platinum_codes', violation_error_code='not_a_code', violation_error_message='“Platinum, dose and days” must be one of the codes of its list.'),
            ), migrations.AddConstraint(
                model_name='regimen',
                constraint=models.CheckConstraint(condition=models.Q(('antibody__in', ['TISLE_200', 'TORI_240', 'NIVO_360', 'AVEL_800', 'AVEL_10_KG', ''])), name='crf_regimen_antibody_codes', violation_error_code='not_a_code', violation_error_message='“Antibody, dose” must be one of the codes of its list.'),
            ), migrations.AddConstraint(
                model_name='regimen',
                constraint=models.CheckConstraint(condition=models.Q(('other_approved__in', ['Y', 'N', ''])), name='crf_regimen_other_approved_codes', violation_error_code='not_a_code', violation_error_message='“Other regimen: approved by the investigator” must be one of the codes of its list.'),
            ), migrations.AddConstraint(
                model_name='targetmeasurement',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['ABSENT', 'NOT_EVALUABLE', 'MERGED']), _negated=True), ('size_mm', None), _connector='OR'), name='no_size_of_what_is_not_measured', violation_error_message='A lesion that is absent, not evaluable or measured with another one has no diameter.'),
            ), migrations.AddConstraint(
                model_name='targetmeasurement',
                constraint=trial.audit.once.OnceAmongRows(condition=models.Q(('withdrawn_at', None)), fields=('assessment', 'lesion', 'piece'), name='target_assessed_once', violation_error_message='This lesion is entered twice. If it has split, give each piece a letter of its own.'),
            ), migrations.AddConstraint(
                model_name='targetmeasurement',
                constraint=trial.audit.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'assessment_id', 'lesion_id', 'piece', 'state', 'size_mm', 'merged_with_id', 'reason', 'local_status'], computed=[], digest='1af4db13', fixed=['assessment_id'], history='crf_historicaltargetmeasurement', name='crf_targetmeasurement_keeps_history', part_of=('crf.responseassessment', 'crf_responseassessment', 'assessment_id')),
            ), migrations.AddConstraint(
                model_name='targetmeasurement',
                constraint=models.CheckConstraint(condition=models.Q(('piece__in', ['a', 'b', 'c', 'd', 'e', 'f', ''])), name='crf_targetmeasurement_piece_codes', violation_error_code='not_a_code', violation_error_message='“If it has split: piece” must be one of the codes of its list.'),
            ), migrations.AddConstraint(
                model_name='targetmeasurement',
                constraint=models.CheckConstraint(condition=models.Q(('state__in', ['MEASURED', 'TOO_SMALL', 'ABSENT', 'NOT_EVALUABLE', 'MERGED', ''])), name='crf_targetmeasurement_state_codes', violation_error_code='not_a_code', violation_error_message='“State” must be one of the codes of its list.'),
            ), migrations.AddConstraint(
                model_name='targetvolume',
                constraint=trial.audit.history.KeepsHistory(columns=['id', 'version', 'missing', 'withdrawn_at', 'withdrawn_by_id', 'course_id', 'code', 'lesions', 'elective_only', 'location', 'vertebra', 'lowest_vertebra', 'laterality', 'technique', 'stereotactic', 'gtv_cm3', 'ctv_cm3', 'ptv_cm3', 'ctv_margin_mm', 'ptv_margin_mm', 'prescribed_gy', 'prescribed_fractions', 'isodose_percent', 'ptv_d95_gy', 'stop_reason', 'decided_on'], computed=[], digest='630db241', fixed=['course_id', 'code'], history='crf_historicaltargetvolume', name='crf_targetvolume_keeps_history', part_of=('crf.radiotherapycourse', 'crf_radiotherapycourse', 'course_id')),
            ), migrations.AddConstraint(
                model_name='targetvolume',
                constraint=models.CheckConstraint(condition=models.Q(('location__in', ['MEDIASTINUM', 'RETROPERITONEUM', 'PELVIS', 'NECK', 'AXILLA', 'INGUINAL_REGION', 'CHEST_WALL', 'ABDOMINAL_CAVITY', 'VERTEBRA', 'LIVER', 'LUNG', 'ADRENAL_GLAND', 'BONE', 'BRAIN', 'KIDNEY', 'SPLEEN', 'PANCREAS', 'PERITONEUM', 'PLEURA', 'MUSCLE', 'SKIN_SUBCUTANEOUS', 'LYMPH_NODE', 'URINARY_BLADDER', 'RENAL_FOSSA', 'URETERAL_BED', 'OTHER', ''])), name='crf_targetvolume_location_codes', violation_error_code='not_a_code', violation_error_message='“Body site” must be one of the codes of its list.'),
            ), migrations.AddConstraint(
                model_name='targetvolume',
                constraint=models.CheckConstraint(condition=models.Q(('vertebra__in', ['C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'C7', 'T1', 'T2', 'T3', 'T4', 'T5', 'T6', 'T7', 'T8', 'T9', 'T10', 'T11', 'T12', 'L1', 'L2', 'L3', 'L4', 'L5', 'SACRUM', ''])), name='crf_targetvolume_vertebra_codes', violation_error_code='not_a_code', violation_error_message='“Vertebra (of several: the highest)” must be one of the codes of its list.'),
            ), migrations.AddConstraint(
                model_name='targetvolume',
                constraint=models.CheckConstraint(condition=models.Q(('lowest_vertebra__in', ['C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'C7', 'T1', 'T2', 'T3', 'T4', 'T5', 'T6', 'T7', 'T8', 'T9', 'T10', 'T11', 'T12', 'L1', 'L2', 'L3', 'L4', 'L5', 'SACRUM', ''])), name='crf_targetvolume_lowest_vertebra_codes', violation_error_code='not_a_code', violation_error_message='“Of several vertebrae: the lowest” must be one of the codes of its list.'),
            ), migrations.AddConstraint(
                model_name='targetvolume',
                constraint=models.CheckConstraint(condition=models.Q(('stop_reason__in', ['407563006', '105480006', 'PD', '419620001', '309846006', 'PHYSICIAN', 'OTHER', ''])), name='crf_targetvolume_stop_reason_codes', violation_error_code='not_a_code', violation_error_message='“Reason why this volume was stopped or not started” must be one of the codes of its list.'),
            ), migrations.AlterConstraint(
                model_name='administration',
                name='no_dose_unless_given',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('given', 'N'), _negated=True), models.Q(('dose_mg', None), ('given_on', None)), _connector='OR'), name='no_dose_unless_given', violation_error_message='A dose that was not given cannot have an amount or a date. Delete both, or answer that it was given.'),
            ), migrations.AlterConstraint(
                model_name='allocationoutside',
                name='allocation_outside_has_two_people',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('entered_by', None), ('state', 'ENTERED')), models.Q(models.Q(('state', 'ENTERED'), _negated=True), ('entered_by__isnull', False), models.Q(('entered_by', models.F('by')), _negated=True)), _connector='OR'), name='allocation_outside_has_two_people', violation_error_message='The person who entered the allocation cannot confirm or decline it. Another person must do so.'),
            ), migrations.AlterConstraint(
                model_name='allocationoutside',
                name='allocation_outside_names_its_source',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('source', ''), _negated=True), models.Q(('reason', ''), _negated=True)), name='allocation_outside_names_its_source', violation_error_message='Name the source document, and say why the allocation was made outside the system and entered late.'),
            ), migrations.AlterConstraint(
                model_name='fraction',
                name='crf_fraction_missed_reason_codes',
                constraint=models.CheckConstraint(condition=models.Q(('missed_reason__in', ['MACHINE', 'HOLIDAY', 'TOXICITY', 'PATIENT', 'INTERCURRENT', 'OTHER', ''])), name='crf_fraction_missed_reason_codes', violation_error_code='not_a_code', violation_error_message='“Why missed” must be one of the codes of its list.'),
            ), migrations.AlterConstraint(
                model_name='lesion',
                name='lesion_has_its_code',
                constraint=models.CheckConstraint(condition=models.Q(('code', ''), _negated=True), name='lesion_has_its_code', violation_error_message='A lesion gets its code when it is stored. Save one lesion at a time.'),
            ), migrations.AlterConstraint(
                model_name='lesion',
                name='short_axis_within_longest_diameter',
                constraint=models.CheckConstraint(condition=models.Q(('short_axis_mm', None), ('longest_mm', None), ('short_axis_mm__lte', models.F('longest_mm')), _connector='OR'), name='short_axis_within_longest_diameter', violation_error_message='The short axis must not be longer than the longest diameter. Have they been exchanged?'),
            ), migrations.AlterConstraint(
                model_name='nontargetfinding',
                name='non_target_assessed_once',
                constraint=trial.audit.once.OnceAmongRows(condition=models.Q(('withdrawn_at', None)), fields=('assessment', 'lesion'), name='non_target_assessed_once', violation_error_message='This lesion is entered twice. Withdraw one of the two rows.'),
            ), migrations.AlterConstraint(
                model_name='randomization',
                name='allocation_is_never_withdrawn',
                constraint=models.CheckConstraint(condition=models.Q(('withdrawn_at', None)), name='allocation_is_never_withdrawn', violation_error_message='An allocation can never be changed.'),
            ), migrations.AlterConstraint(
                model_name='vitalsigns',
                name='diastolic_below_systolic',
                constraint=models.CheckConstraint(condition=models.Q(('diastolic', None), ('systolic', None), ('diastolic__lt', models.F('systolic')), _connector='OR'), name='diastolic_below_systolic', violation_error_message='The diastolic pressure is not below the systolic one. Have they been exchanged?'),
            )],
        ),
    ]
