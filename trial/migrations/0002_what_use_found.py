import django.db.models.deletion
import django.db.models.functions.datetime
import trial.audit.history
import trial.audit.migration_operations
import trial.fields.identifiers
import trial.models.standing_rows
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '__first__'),
        ('trial', '0001_initial'),
    ]

    operations = [
        trial.audit.migration_operations.CreatedTogether(
            operations=[migrations.CreateModel(
                name='AnsweredAct',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.CharField(max_length=64)),
                    ('address', models.CharField(max_length=500)),
                    ('content', models.CharField(max_length=64)),
                    ('status', models.PositiveSmallIntegerField(null=True)),
                    ('answer', models.JSONField(default=dict)),
                    ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('by', 'key'), name='each_key_is_answered_once')],
                },
            ), migrations.RemoveConstraint(
                model_name='parameterdecision',
                name='parameter_has_a_value_of_its_type',
            ), migrations.RemoveConstraint(
                model_name='signature',
                name='signature_signs_what_stands',
            ), migrations.RemoveConstraint(
                model_name='subject',
                name='trial_subject_keeps_history',
            ), migrations.AddField(
                model_name='historicalsubject',
                name='withdrawn_at',
                field=models.DateTimeField(editable=False, null=True, verbose_name='withdrawn at'),
            ), migrations.AddField(
                model_name='historicalsubject',
                name='withdrawn_by',
                field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='withdrawn by'),
            ), migrations.AddField(
                model_name='query',
                name='check_code',
                field=models.CharField(blank=True, max_length=40, null=True),
            ), migrations.AddField(
                model_name='subject',
                name='withdrawn_at',
                field=models.DateTimeField(editable=False, null=True, verbose_name='withdrawn at'),
            ), migrations.AddField(
                model_name='subject',
                name='withdrawn_by',
                field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='withdrawn by'),
            ), migrations.AlterField(
                model_name='historicalparameterdecision',
                name='name',
                field=models.CharField(choices=[('RANDOMIZATION_TIMING', 'RANDOMIZATION_TIMING: AFTER_PC2 or BEFORE_CYCLES'), ('ALLOW_PRECONSENT_CYCLES', 'ALLOW_PRECONSENT_CYCLES: yes or no'), ('MAX_PRECONSENT_CYCLES', 'MAX_PRECONSENT_CYCLES: a whole number from 0 to 6'), ('AGE_MAX_RULE', 'AGE_MAX_RULE: a whole number from 18 to 130'), ('BIRTHDATE_PRECISION', 'BIRTHDATE_PRECISION: YEAR_MONTH'), ('MAX_ORGAN_UNITS', 'MAX_ORGAN_UNITS: a whole number from 1 to 20'), ('LN_UNIT_RULE', 'LN_UNIT_RULE: SUBREGION or ALL_NONREGIONAL_AS_ONE'), ('LN_LATERALIZE', 'LN_LATERALIZE: yes or no'), ('LOCAL_RECURRENCE_COUNTS', 'LOCAL_RECURRENCE_COUNTS: yes or no'), ('PRIMARY_COUNTS', 'PRIMARY_COUNTS: yes or no'), ('BONE_AS_ONE_ORGAN', 'BONE_AS_ONE_ORGAN: yes or no'), ('LIVER_MAX', 'LIVER_MAX: a whole number'), ('BRAIN_LIVER_LOGIC', 'BRAIN_LIVER_LOGIC: OR or AND'), ('LAB_WINDOW_DAYS', 'LAB_WINDOW_DAYS: 2 whole numbers, as 14 / 7 (gate 1, gate 2)'), ('IMG_WINDOW_DAYS', 'IMG_WINDOW_DAYS: 2 whole numbers, as 28 / 28 (gate 1, gate 2)'), ('BRAIN_IMG_WINDOW_DAYS', 'BRAIN_IMG_WINDOW_DAYS: a whole number'), ('ECOG_WINDOW_DAYS', 'ECOG_WINDOW_DAYS: 2 whole numbers, as 14 / 7 (gate 1, gate 2)'), ('CG_CONSTANT', 'CG_CONSTANT: EXACT or SI_ROUNDED or CN_0818'), ('CG_WEIGHT', 'CG_WEIGHT: 2 whole numbers, as 14 / 7 (before, after)'), ('BSA_FORMULA', 'BSA_FORMULA: MOSTELLER or DUBOIS'), ('CYCLE_WINDOW_DAYS', 'CYCLE_WINDOW_DAYS: 2 whole numbers, as 3 / 1 (day 1, day 8)'), ('PC2_HALF_WINDOW', 'PC2_HALF_WINDOW: a whole number from 1 to 28'), ('PC2_MIN_DAYS_FROM_C1D1', 'PC2_MIN_DAYS_FROM_C1D1: a whole number'), ('PC2_CRITERIA', 'PC2_CRITERIA: RECIST11 or IRECIST_FOR_ICI'), ('RAND_AFTER_PC2_MAX_DAYS', 'RAND_AFTER_PC2_MAX_DAYS: a whole number'), ('RT_START_MAX_DAYS', 'RT_START_MAX_DAYS: a whole number'), ('PRESUMED_END_DAYS', 'PRESUMED_END_DAYS: 3 whole numbers, as 2 / 14 / 84 (cycles, days, at least)'), ('TA_SCHEDULE', 'TA_SCHEDULE: 5 whole numbers, as 63 / 7 / 378 / 84 / 14 (early days, early half window, early until, late days, late half window)'), ('SFU_INTERVAL', 'SFU_INTERVAL: 2 whole numbers, as 91 / 14 (days, half window)'), ('SAE_CLOCK_H', 'SAE_CLOCK_H: a whole number from 1 to 168'), ('ENTRY_DUE_DAYS', 'ENTRY_DUE_DAYS: 3 whole numbers, as 7 / 3 / 24 (visit days, urgent days, sae hours)'), ('PFS_REFERENCE', 'PFS_REFERENCE: NADIR_SINCE_BL0'), ('RAND_METHOD', 'RAND_METHOD: PERMUTED_BLOCK or MINIMIZATION'), ('STRATA', 'STRATA: codes of SYSCLASS, METPAT, OMDTYPE, ORGANUNITS, SITE, as SYSCLASS × METPAT'), ('AB_TUMOR', 'AB_TUMOR: a number from 1 to 30'), ('AB_LATE', 'AB_LATE: a number from 1 to 30'), ('COVERAGE_MIN_PCT', 'COVERAGE_MIN_PCT: a number from 50 to 100'), ('PRIMARY_RT_REQUIRED', 'PRIMARY_RT_REQUIRED: yes or no'), ('TREAT_RESOLVED', 'TREAT_RESOLVED: yes or no'), ('CG_SOURCE', 'CG_SOURCE: COCKCROFT_GAULT or MEASURED_GFR or URINE_24H'), ('CTCAE_VERSION', 'CTCAE_VERSION: 5.0 or 6.0'), ('ENROLLMENT_CAP', 'ENROLLMENT_CAP: a whole number from 1 to 9999'), ('OVERRUN', 'OVERRUN: a whole number'), ('RECIST_CONTINUING_PR', 'RECIST_CONTINUING_PR: yes or no'), ('RECIST_NONTARGET_NE', 'RECIST_NONTARGET_NE: STRICT or LENIENT'), ('RECIST_FLOOR_AFTER_CR', 'RECIST_FLOOR_AFTER_CR: yes or no')], max_length=40, verbose_name='parameter'),
            ), migrations.AlterField(
                model_name='historicalreferencerange',
                name='test',
                field=models.CharField(choices=[('HGB', 'Hemoglobin'), ('WBC', 'Leukocytes'), ('NEUT', 'Neutrophils'), ('LYM', 'Lymphocytes'), ('PLAT', 'Platelets'), ('BILI', 'Total bilirubin'), ('AST', 'Aspartate aminotransferase'), ('ALT', 'Alanine aminotransferase'), ('ALP', 'Alkaline phosphatase'), ('ALB', 'Albumin'), ('LDH', 'Lactate dehydrogenase'), ('CREAT', 'Creatinine'), ('UREA', 'Urea'), ('UREAN', 'Urea nitrogen'), ('CREATCLR', 'Creatinine clearance, urine of 24 hours'), ('SODIUM', 'Sodium'), ('K', 'Potassium'), ('CA', 'Calcium'), ('MG', 'Magnesium'), ('PHOS', 'Phosphate'), ('GLUC', 'Glucose'), ('HBA1C', 'Hemoglobin A1c'), ('INR', 'International normalized ratio'), ('APTT', 'Activated partial thromboplastin time'), ('TSH', 'Thyrotropin'), ('T4FR', 'Free thyroxine'), ('T3FR', 'Free triiodothyronine'), ('CK', 'Creatine kinase'), ('TROPONI', 'Troponin I'), ('TROPONT', 'Troponin T'), ('HBDNA', 'Hepatitis B virus DNA')], max_length=10),
            ), migrations.AlterField(
                model_name='historicalreferencerange',
                name='unit',
                field=models.CharField(choices=[('%', '%'), ('/mm3', '/mm³'), ('10^3/uL', '10³/µL'), ('10^9/L', '10⁹/L'), ('IU/mL', 'IU/mL'), ('U/L', 'U/L'), ('g/L', 'g/L'), ('g/dL', 'g/dL'), ('mIU/L', 'mIU/L'), ('mL/min', 'mL/min'), ('mg/dL', 'mg/dL'), ('mmol/L', 'mmol/L'), ('mmol/mol', 'mmol/mol'), ('ng/L', 'ng/L'), ('ng/dL', 'ng/dL'), ('pmol/L', 'pmol/L'), ('ratio', 'ratio'), ('s', 's'), ('ug/L', 'µg/L'), ('ukat/L', 'µkat/L'), ('umol/L', 'µmol/L')], max_length=12),
            ), migrations.AlterField(
                model_name='historicalvisit',
                name='missed_reason',
                field=models.CharField(blank=True, db_comment='SV.SVREASOC', default='', max_length=200, validators=[trial.fields.identifiers.without_identifiers], verbose_name='Why missed'),
            ), migrations.AlterField(
                model_name='parameterdecision',
                name='name',
                field=models.CharField(choices=[('RANDOMIZATION_TIMING', 'RANDOMIZATION_TIMING: AFTER_PC2 or BEFORE_CYCLES'), ('ALLOW_PRECONSENT_CYCLES', 'ALLOW_PRECONSENT_CYCLES: yes or no'), ('MAX_PRECONSENT_CYCLES', 'MAX_PRECONSENT_CYCLES: a whole number from 0 to 6'), ('AGE_MAX_RULE', 'AGE_MAX_RULE: a whole number from 18 to 130'), ('BIRTHDATE_PRECISION', 'BIRTHDATE_PRECISION: YEAR_MONTH'), ('MAX_ORGAN_UNITS', 'MAX_ORGAN_UNITS: a whole number from 1 to 20'), ('LN_UNIT_RULE', 'LN_UNIT_RULE: SUBREGION or ALL_NONREGIONAL_AS_ONE'), ('LN_LATERALIZE', 'LN_LATERALIZE: yes or no'), ('LOCAL_RECURRENCE_COUNTS', 'LOCAL_RECURRENCE_COUNTS: yes or no'), ('PRIMARY_COUNTS', 'PRIMARY_COUNTS: yes or no'), ('BONE_AS_ONE_ORGAN', 'BONE_AS_ONE_ORGAN: yes or no'), ('LIVER_MAX', 'LIVER_MAX: a whole number'), ('BRAIN_LIVER_LOGIC', 'BRAIN_LIVER_LOGIC: OR or AND'), ('LAB_WINDOW_DAYS', 'LAB_WINDOW_DAYS: 2 whole numbers, as 14 / 7 (gate 1, gate 2)'), ('IMG_WINDOW_DAYS', 'IMG_WINDOW_DAYS: 2 whole numbers, as 28 / 28 (gate 1, gate 2)'), ('BRAIN_IMG_WINDOW_DAYS', 'BRAIN_IMG_WINDOW_DAYS: a whole number'), ('ECOG_WINDOW_DAYS', 'ECOG_WINDOW_DAYS: 2 whole numbers, as 14 / 7 (gate 1, gate 2)'), ('CG_CONSTANT', 'CG_CONSTANT: EXACT or SI_ROUNDED or CN_0818'), ('CG_WEIGHT', 'CG_WEIGHT: 2 whole numbers, as 14 / 7 (before, after)'), ('BSA_FORMULA', 'BSA_FORMULA: MOSTELLER or DUBOIS'), ('CYCLE_WINDOW_DAYS', 'CYCLE_WINDOW_DAYS: 2 whole numbers, as 3 / 1 (day 1, day 8)'), ('PC2_HALF_WINDOW', 'PC2_HALF_WINDOW: a whole number from 1 to 28'), ('PC2_MIN_DAYS_FROM_C1D1', 'PC2_MIN_DAYS_FROM_C1D1: a whole number'), ('PC2_CRITERIA', 'PC2_CRITERIA: RECIST11 or IRECIST_FOR_ICI'), ('RAND_AFTER_PC2_MAX_DAYS', 'RAND_AFTER_PC2_MAX_DAYS: a whole number'), ('RT_START_MAX_DAYS', 'RT_START_MAX_DAYS: a whole number'), ('PRESUMED_END_DAYS', 'PRESUMED_END_DAYS: 3 whole numbers, as 2 / 14 / 84 (cycles, days, at least)'), ('TA_SCHEDULE', 'TA_SCHEDULE: 5 whole numbers, as 63 / 7 / 378 / 84 / 14 (early days, early half window, early until, late days, late half window)'), ('SFU_INTERVAL', 'SFU_INTERVAL: 2 whole numbers, as 91 / 14 (days, half window)'), ('SAE_CLOCK_H', 'SAE_CLOCK_H: a whole number from 1 to 168'), ('ENTRY_DUE_DAYS', 'ENTRY_DUE_DAYS: 3 whole numbers, as 7 / 3 / 24 (visit days, urgent days, sae hours)'), ('PFS_REFERENCE', 'PFS_REFERENCE: NADIR_SINCE_BL0'), ('RAND_METHOD', 'RAND_METHOD: PERMUTED_BLOCK or MINIMIZATION'), ('STRATA', 'STRATA: codes of SYSCLASS, METPAT, OMDTYPE, ORGANUNITS, SITE, as SYSCLASS × METPAT'), ('AB_TUMOR', 'AB_TUMOR: a number from 1 to 30'), ('AB_LATE', 'AB_LATE: a number from 1 to 30'), ('COVERAGE_MIN_PCT', 'COVERAGE_MIN_PCT: a number from 50 to 100'), ('PRIMARY_RT_REQUIRED', 'PRIMARY_RT_REQUIRED: yes or no'), ('TREAT_RESOLVED', 'TREAT_RESOLVED: yes or no'), ('CG_SOURCE', 'CG_SOURCE: COCKCROFT_GAULT or MEASURED_GFR or URINE_24H'), ('CTCAE_VERSION', 'CTCAE_VERSION: 5.0 or 6.0'), ('ENROLLMENT_CAP', 'ENROLLMENT_CAP: a whole number from 1 to 9999'), ('OVERRUN', 'OVERRUN: a whole number'), ('RECIST_CONTINUING_PR', 'RECIST_CONTINUING_PR: yes or no'), ('RECIST_NONTARGET_NE', 'RECIST_NONTARGET_NE: STRICT or LENIENT'), ('RECIST_FLOOR_AFTER_CR', 'RECIST_FLOOR_AFTER_CR: yes or no')], max_length=40, verbose_name='parameter'),
            ), migrations.AlterField(
                model_name='referencerange',
                name='test',
                field=models.CharField(choices=[('HGB', 'Hemoglobin'), ('WBC', 'Leukocytes'), ('NEUT', 'Neutrophils'), ('LYM', 'Lymphocytes'), ('PLAT', 'Platelets'), ('BILI', 'Total bilirubin'), ('AST', 'Aspartate aminotransferase'), ('ALT', 'Alanine aminotransferase'), ('ALP', 'Alkaline phosphatase'), ('ALB', 'Albumin'), ('LDH', 'Lactate dehydrogenase'), ('CREAT', 'Creatinine'), ('UREA', 'Urea'), ('UREAN', 'Urea nitrogen'), ('CREATCLR', 'Creatinine clearance, urine of 24 hours'), ('SODIUM', 'Sodium'), ('K', 'Potassium'), ('CA', 'Calcium'), ('MG', 'Magnesium'), ('PHOS', 'Phosphate'), ('GLUC', 'Glucose'), ('HBA1C', 'Hemoglobin A1c'), ('INR', 'International normalized ratio'), ('APTT', 'Activated partial thromboplastin time'), ('TSH', 'Thyrotropin'), ('T4FR', 'Free thyroxine'), ('T3FR', 'Free triiodothyronine'), ('CK', 'Creatine kinase'), ('TROPONI', 'Troponin I'), ('TROPONT', 'Troponin T'), ('HBDNA', 'Hepatitis B virus DNA')], max_length=10),
            ), migrations.AlterField(
                model_name='referencerange',
                name='unit',
                field=models.CharField(choices=[('%', '%'), ('/mm3', '/mm³'), ('10^3/uL', '10³/µL'), ('10^9/L', '10⁹/L'), ('IU/mL', 'IU/mL'), ('U/L', 'U/L'), ('g/L', 'g/L'), ('g/dL', 'g/dL'), ('mIU/L', 'mIU/L'), ('mL/min', 'mL/min'), ('mg/dL', 'mg/dL'), ('mmol/L', 'mmol/L'), ('mmol/mol', 'mmol/mol'), ('ng/L', 'ng/L'), ('ng/dL', 'ng/dL'), ('pmol/L', 'pmol/L'), ('ratio', 'ratio'), ('s', 's'), ('ug/L', 'µg/L'), ('ukat/L', 'µkat/L'), ('umol/L', 'µmol/L')], max_length=12),
            ), migrations.AlterField(
                model_name='visit',
                name='missed_reason',
                field=models.CharField(blank=True, db_comment='SV.SVREASOC', default='', max_length=200, validators=[trial.fields.identifiers.without_identifiers], verbose_name='Why missed'),
            ), migrations.AddConstraint(
                model_name='parameterdecision',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('name', 'RANDOMIZATION_TIMING'), ('value__regex', '^(AFTER_PC2|BEFORE_CYCLES)$')), models.Q(('name', 'ALLOW_PRECONSENT_CYCLES'), ('value__regex', '^(yes|no)$')), models.Q(('name', 'MAX_PRECONSENT_CYCLES'), ('value__regex', '^(\\d{1,4})$')), models.Q(('name', 'AGE_MAX_RULE'), ('value__regex', '^(\\d{1,4})$')), models.Q(('name', 'BIRTHDATE_PRECISION'), ('value__regex', '^(YEAR_MONTH)$')), models.Q(('name', 'MAX_ORGAN_UNITS'), ('value__regex', '^(\\d{1,4})$')), models.Q(('name', 'LN_UNIT_RULE'), ('value__regex', '^(SUBREGION|ALL_NONREGIONAL_AS_ONE)$')), models.Q(('name', 'LN_LATERALIZE'), ('value__regex', '^(yes|no)$')), models.Q(('name', 'LOCAL_RECURRENCE_COUNTS'), ('value__regex', '^(yes|no)$')), models.Q(('name', 'PRIMARY_COUNTS'), ('value__regex', '^(yes|no)$')), models.Q(('name', 'BONE_AS_ONE_ORGAN'), ('value__regex', '^(yes|no)$')), models.Q(('name', 'LIVER_MAX'), ('value__regex', '^(\\d{1,4})$')), models.Q(('name', 'BRAIN_LIVER_LOGIC'), ('value__regex', '^(OR|AND)$')), models.Q(('name', 'LAB_WINDOW_DAYS'), ('value__regex', '^(\\d{1,4} / \\d{1,4})$')), models.Q(('name', 'IMG_WINDOW_DAYS'), ('value__regex', '^(\\d{1,4} / \\d{1,4})$')), models.Q(('name', 'BRAIN_IMG_WINDOW_DAYS'), ('value__regex', '^(\\d{1,4})$')), models.Q(('name', 'ECOG_WINDOW_DAYS'), ('value__regex', '^(\\d{1,4} / \\d{1,4})$')), models.Q(('name', 'CG_CONSTANT'), ('value__regex', '^(EXACT|SI_ROUNDED|CN_0818)$')), models.Q(('name', 'CG_WEIGHT'), ('value__regex', '^(\\d{1,4} / \\d{1,4})$')), models.Q(('name', 'BSA_FORMULA'), ('value__regex', '^(MOSTELLER|DUBOIS)$')), models.Q(('name', 'CYCLE_WINDOW_DAYS'), ('value__regex', '^(\\d{1,4} / \\d{1,4})$')), models.Q(('name', 'PC2_HALF_WINDOW'), ('value__regex', '^(\\d{1,4})$')), models.Q(('name', 'PC2_MIN_DAYS_FROM_C1D1'), ('value__regex', '^(\\d{1,4})$')), models.Q(('name', 'PC2_CRITERIA'), ('value__regex', '^(RECIST11|IRECIST_FOR_ICI)$')), models.Q(('name', 'RAND_AFTER_PC2_MAX_DAYS'), ('value__regex', '^(\\d{1,4})$')), models.Q(('name', 'RT_START_MAX_DAYS'), ('value__regex', '^(\\d{1,4})$')), models.Q(('name', 'PRESUMED_END_DAYS'), ('value__regex', '^(\\d{1,4} / \\d{1,4} / \\d{1,4})$')), models.Q(('name', 'TA_SCHEDULE'), ('value__regex', '^([1-9]\\d{0,3} / \\d{1,4} / [1-9]\\d{0,3} / [1-9]\\d{0,3} / \\d{1,4})$')), models.Q(('name', 'SFU_INTERVAL'), ('value__regex', '^([1-9]\\d{0,3} / \\d{1,4})$')), models.Q(('name', 'SAE_CLOCK_H'), ('value__regex', '^(\\d{1,4})$')), models.Q(('name', 'ENTRY_DUE_DAYS'), ('value__regex', '^(\\d{1,4} / \\d{1,4} / \\d{1,4})$')), models.Q(('name', 'PFS_REFERENCE'), ('value__regex', '^(NADIR_SINCE_BL0)$')), models.Q(('name', 'RAND_METHOD'), ('value__regex', '^(PERMUTED_BLOCK|MINIMIZATION)$')), models.Q(('name', 'STRATA'), ('value__regex', '^((SYSCLASS|METPAT|OMDTYPE|ORGANUNITS|SITE)( × (SYSCLASS|METPAT|OMDTYPE|ORGANUNITS|SITE))*)$')), models.Q(('name', 'AB_TUMOR'), ('value__regex', '^(\\d{1,3}(\\.\\d{1,2})?)$')), models.Q(('name', 'AB_LATE'), ('value__regex', '^(\\d{1,3}(\\.\\d{1,2})?)$')), models.Q(('name', 'COVERAGE_MIN_PCT'), ('value__regex', '^(\\d{1,3}(\\.\\d{1,2})?)$')), models.Q(('name', 'PRIMARY_RT_REQUIRED'), ('value__regex', '^(yes|no)$')), models.Q(('name', 'TREAT_RESOLVED'), ('value__regex', '^(yes|no)$')), models.Q(('name', 'CG_SOURCE'), ('value__regex', '^(COCKCROFT_GAULT|MEASURED_GFR|URINE_24H)$')), models.Q(('name', 'CTCAE_VERSION'), ('value__regex', '^(5\\.0|6\\.0)$')), models.Q(('name', 'ENROLLMENT_CAP'), ('value__regex', '^(\\d{1,4})$')), models.Q(('name', 'OVERRUN'), ('value__regex', '^(\\d{1,4})$')), models.Q(('name', 'RECIST_CONTINUING_PR'), ('value__regex', '^(yes|no)$')), models.Q(('name', 'RECIST_NONTARGET_NE'), ('value__regex', '^(STRICT|LENIENT)$')), models.Q(('name', 'RECIST_FLOOR_AFTER_CR'), ('value__regex', '^(yes|no)$')), _connector='OR'), name='parameter_has_a_value_of_its_type', violation_error_message='The parameter cannot have this value.'),
            ), migrations.AddConstraint(
                model_name='query',
                constraint=models.UniqueConstraint(condition=models.Q(('check_code__isnull', False)), fields=('check_code', 'form', 'record', 'item'), name='one_query_of_a_check'),
            ), migrations.AddConstraint(
                model_name='signature',
                constraint=trial.models.standing_rows.SignsWhatStands(digest='cbce6796', name='signature_signs_what_stands'),
            ), migrations.AddConstraint(
                model_name='subject',
                constraint=models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True)), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), _connector='OR'), name='trial_subject_withdrawn_at_and_by'),
            ), migrations.AddConstraint(
                model_name='subject',
                constraint=trial.audit.history.KeepsHistory(columns=['id', 'version', 'site_id', 'code', 'screened_on', 'rescreen_of_id', 'withdrawn_at', 'withdrawn_by_id'], computed=[], digest='1299bc82', fixed=['site_id', 'code'], history='trial_historicalsubject', name='trial_subject_keeps_history', part_of=None),
            ), migrations.AlterConstraint(
                model_name='consentversion',
                name='consent_version_effective_after_approval',
                constraint=models.CheckConstraint(condition=models.Q(('effective_from__gte', models.F('ec_approved_on'))), name='consent_version_effective_after_approval', violation_error_message='The version is effective before it was approved. Check both dates.'),
            ), migrations.AlterConstraint(
                model_name='consentversion',
                name='consent_version_ends_after_start',
                constraint=models.CheckConstraint(condition=models.Q(('effective_to', None), ('effective_to__gte', models.F('effective_from')), _connector='OR'), name='consent_version_ends_after_start', violation_error_message='The end lies before the start. Check both dates.'),
            ), migrations.AlterConstraint(
                model_name='referencerange',
                name='reference_range_low_below_high',
                constraint=models.CheckConstraint(condition=models.Q(('low', None), ('high', None), ('low__lt', models.F('high')), _connector='OR'), name='reference_range_low_below_high', violation_error_message='The lower limit is not below the upper limit. Have they been exchanged?'),
            ), migrations.AlterConstraint(
                model_name='referencerange',
                name='reference_range_ages_in_order',
                constraint=models.CheckConstraint(condition=models.Q(('age_from__lte', models.F('age_to'))), name='reference_range_ages_in_order', violation_error_message='The range begins at a higher age than it ends. Have they been exchanged?'),
            ), migrations.AlterConstraint(
                model_name='site',
                name='site_activated_after_approval',
                constraint=models.CheckConstraint(condition=models.Q(('activated_on', None), models.Q(('activated_on__gte', models.F('ec_approved_on')), ('ec_approved_on__isnull', False)), _connector='OR'), name='site_activated_after_approval', violation_error_message="The activation lies before the ethics committee's approval, or that date is missing. Check both dates."),
            )],
        ),
    ]
